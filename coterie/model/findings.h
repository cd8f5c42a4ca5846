// What a person should know of the data before clustering it, in sentences.
#pragma once

#include <string>
#include <vector>

namespace coterie {

struct Exploration;

// The gravest first; empty where nothing stands out.
std::vector<std::string> findings(const Exploration& exploration);

}  // namespace coterie
