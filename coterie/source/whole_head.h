// A compressed file that breaks off within its first bytes is damaged, whatever those bytes look like.
#pragma once

#include <string>

#include "coterie/source/bytes.h"

namespace coterie {

// Before anything is guessed from reader.head(). Throws Error(damaged_input) with the line where the data breaks off.
void require_whole_head(const ByteReader& reader, const std::string& path);

}  // namespace coterie
