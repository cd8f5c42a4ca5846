// For tests only: a generated log as a file.
#pragma once

#include <string>

#include "coterie/base/output_file.h"
#include "coterie/sample/events.h"

namespace coterie {

inline void write_sample(const std::string& path, const EventSampleOptions& options) {
  OutputFile file(path);
  write_events(options, [&](std::string_view text) { file.write(text); });
  file.commit();
}

}  // namespace coterie
