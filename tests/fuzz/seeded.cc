// The fuzz target without a fuzzer: over its corpus, and over seeded mutations of it (the same ones each time).
//   csv_fuzz ROUNDS CORPUS      What breaks the target is left in csv_fuzz_failure.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "coterie/base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::string input;  // of the round at hand

void keep_input(int) {
  std::ofstream("csv_fuzz_failure", std::ios::binary) << input;
  fmt::print(stderr, "the input is in csv_fuzz_failure: csv_fuzz 0 FOLDER runs all in a folder\n");
}

std::vector<std::string> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

void mutate(std::string& text, coterie::Random& random) {
  static const std::string pieces[] = {",", ";", "\t", "|", "\n", "\r\n", "\r", "\"", "\"\"", "\"a,b\"", "\"a\nb\"", std::string(1, '\0'), "\xef\xbb\xbf", "\xff",
                                       "2019-10-01 00:00:04 UTC", "view", "purchase", "1.50", "-1", "99999999999999999999", "\n\n", "541312140", "1e5"};
  const std::size_t at = random.below(text.size() + 1);
  const std::size_t length = std::min<std::size_t>(random.below(40), text.size() - at);
  switch (random.below(4)) {
    case 0: text.insert(at, pieces[random.below(std::size(pieces))]); break;
    case 1: text.erase(at, length); break;
    case 2: text.insert(random.below(text.size() + 1), text.substr(at, length)); break;
    default: text.replace(at, length, pieces[random.below(std::size(pieces))]);
  }
}

void run_input() {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return fmt::print(stderr, "usage: csv_fuzz ROUNDS CORPUS\n"), 2;
  const std::vector<std::string> corpus = read_corpus(argv[2]);
  if (corpus.empty()) return fmt::print(stderr, "{} is empty\n", argv[2]), 2;
  std::signal(SIGABRT, keep_input);
  for (const std::string& text : corpus) input = text, run_input();
  coterie::Random random(20191001);
  const long rounds = std::stol(argv[1]);
  for (long round = 0; round < rounds; ++round) {
    input = corpus[random.below(corpus.size())];
    for (std::size_t i = 1 + random.below(6); i-- > 0;) mutate(input, random);
    run_input();
  }
  fmt::print("{} files and {} mutations of them: every claim holds\n", corpus.size(), rounds);
}
