#include "coterie/model/merge_rejects.h"

#include <algorithm>
#include <fstream>

#include "coterie/base/error.h"

namespace coterie {
namespace {

// A list row by row; quoted fields may hold line ends.
class RejectsList {
 public:
  explicit RejectsList(const std::string& path) : file_(path, std::ios::binary) {
    if (!file_) throw Error(ErrorKind::missing_input, "the list of rejected rows is not there", "make the folder again with coterie run", path);
    next();
    header_ = row_;
    next();
  }

  bool at_end() const { return row_.empty(); }
  const std::string& header() const { return header_; }
  const std::string& row() const { return row_; }
  const std::string& input() const { return input_; }

  void next() {
    row_.clear();
    for (std::string line; std::getline(file_, line);) {
      row_ += line + '\n';
      if (std::count(row_.begin(), row_.end(), '"') % 2 == 0) break;
    }
    read_input();
  }

 private:
  // The first field.
  void read_input() {
    input_.clear();
    if (!row_.starts_with('"')) {
      input_ = row_.substr(0, row_.find(','));
      return;
    }
    for (std::size_t i = 1; i < row_.size(); ++i) {
      if (row_[i] == '"' && row_[++i] != '"') return;
      input_ += row_[i];
    }
  }

  std::ifstream file_;
  std::string header_, row_, input_;
};

}  // namespace

void merge_rejects(const std::vector<std::string>& parts, OutputFile& out) {
  std::vector<RejectsList> lists;
  for (const std::string& part : parts) lists.emplace_back(part);
  if (lists.empty()) return;
  out.write(lists.front().header());
  while (true) {
    const auto least = std::min_element(lists.begin(), lists.end(), [](const RejectsList& a, const RejectsList& b) {
      return a.at_end() != b.at_end() ? b.at_end() : a.input() < b.input();
    });
    if (least->at_end()) return;
    for (const std::string input = least->input(); !least->at_end() && least->input() == input; least->next()) out.write(least->row());
  }
}

}  // namespace coterie
