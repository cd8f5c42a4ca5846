// Output files that are either whole or absent: written under a temporary name in the same folder and
// renamed when complete, so that a kill, a full disk or an error never leaves half a file under the real name.
#pragma once

#include <string>
#include <string_view>

namespace coterie {

// The temporary name for a file or folder: "<target>.tmp-<pid>-<n>", n counting within the process; what killed runs
// left for this target is removed. Throws Error(output) when the folder above is not there.
std::string temporary_name_beside(const std::string& target);

// The same for an output file. A symbolic link is followed first, so that it stays a link; a folder is an Error(output).
std::string temporary_path_for(const std::string& path);

// Renames a finished temporary file to its real name (for files that others write, like Parquet).
// Throws Error(output) and removes the temporary file when that fails.
void move_into_place(const std::string& temporary, const std::string& path);

// A buffered writer. Every failure (no folder, no permission, disk full) throws Error(output) with the path.
// "-" is standard output; it, devices and pipes are written directly, without a temporary file.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();  // without commit(): removes the temporary file

  void write(std::string_view bytes);
  // Writes what is buffered and gives the file its real name; write() is over then.
  void commit();

  const std::string& path() const { return path_; }

 private:
  void flush();
  void write_through(std::string_view bytes);

  std::string path_;
  std::string temporary_;  // empty: written directly
  std::string buffer_;
  int file_ = -1;
};

// Writes a whole file at once.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace coterie
