// What a comparison of two runs leaves in its folder.
#pragma once

#include <string>

#include "coterie/model/compare.h"

namespace coterie {

// What stands for "in no segment" in movement.csv and delta.csv: a word, because most platforms keep a field whose new value is blank.
constexpr const char* no_segment = "none";

// movement.csv, delta.csv, segments.csv, drift.csv, compare.json and report.html, put in place together (base/output_folder.h).
void write_comparison(const std::string& folder, const Comparison& comparison);

}  // namespace coterie
