// explore.json, and explore.html, the same for people: of a size that does not grow with the input.
#pragma once

#include <string>

namespace coterie {

struct Exploration;

// The JSON's text. Numbers that do not exist (a correlation with a constant) are null.
std::string exploration_to_json(const Exploration& exploration);
void write_exploration(const std::string& folder, const Exploration& exploration);

}  // namespace coterie
