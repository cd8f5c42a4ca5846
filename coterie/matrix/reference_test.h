// Reads the reference data beside the project, for tests only.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "coterie/base/folders_test.h"
#include "coterie/base/matrix.h"

namespace coterie {

// The numeric columns [first, first + count) of a plain CSV file; an empty matrix when the file is not there.
inline Matrix read_reference(const std::string& name, bool header, std::size_t first, std::size_t count) {
  std::ifstream file(shared_folder() / "reference" / "data" / name);
  std::string line;
  if (header) std::getline(file, line);
  std::vector<double> values;
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::string cell;
    for (std::size_t j = 0; j < first + count && std::getline(cells, cell, ','); ++j)
      if (j >= first) values.push_back(std::stod(cell));
  }
  Matrix m(values.size() / count, count);
  for (std::size_t i = 0; i < values.size(); ++i) m.at(i / count, i % count) = values[i];
  return m;
}

}  // namespace coterie
