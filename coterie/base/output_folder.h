// A folder of outputs that belong together: filled under a temporary name beside its own, then put in place as a
// whole. A kill at any point leaves the old folder or the new one.
#pragma once

#include <functional>
#include <string>

namespace coterie {

// A folder for single files: made, with those above it, where it is not there. One that was made and has stayed empty, because
// what was to fill it failed, is taken away again.
class MadeFolder {
 public:
  // Throws Error(output).
  explicit MadeFolder(std::string path);
  ~MadeFolder();
  MadeFolder(const MadeFolder&) = delete;
  MadeFolder& operator=(const MadeFolder&) = delete;

 private:
  std::string path_;
  bool was_there_;
};

class OutputFolder {
 public:
  // An existing folder is replaced only when `is_ours` says so of every entry in it: nothing of somebody else's is
  // removed. What killed runs left beside it is removed. Throws Error(output) when the folder above is not there or
  // may not be written to, Error(usage) when the path is a file or holds what is not ours.
  OutputFolder(std::string path, const std::function<bool(const std::string& entry)>& is_ours);
  OutputFolder(const OutputFolder&) = delete;
  ~OutputFolder();  // without commit(): removes the temporary folder

  const std::string& path() const { return path_; }
  // Where a file is to be written now.
  std::string file(const std::string& name) const { return temporary_ + "/" + name; }

  // Puts the folder in place: where one is there, both change their names in one step (Linux: RENAME_EXCHANGE), and
  // the old one is removed. On a file system that cannot, the old one is moved away first.
  void commit();

 private:
  std::string path_, temporary_;
};

}  // namespace coterie
