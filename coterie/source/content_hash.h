// The fingerprint of an input file, as it stands in reports: "xxh3-4m:<16 hex digits>".
//
// Definition, so that anyone can recompute it: cut the raw (as stored, perhaps compressed) bytes into pieces
// of 4 MiB (the last may be shorter; an empty file has none); take XXH3-64 (seed 0) of each; write these
// digests one after the other as 8-byte little-endian integers; the fingerprint is XXH3-64 of that.
// Pieces can be hashed in any order by any thread while they are in cache. XXH3: https://xxhash.com
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {

constexpr std::size_t hash_piece_bytes = 4 << 20;

// XXH3-64 with seed 0.
std::uint64_t xxh3(std::string_view bytes);

// The fingerprint from the digests of all pieces in file order.
std::string content_hash(std::span<const std::uint64_t> piece_digests);

// The fingerprint of a file; of none or one that cannot be read, that of no bytes.
std::string hash_of_file(const std::string& path);

// The same for bytes that arrive in order, in parts of any size.
class StreamHash {
 public:
  StreamHash();
  StreamHash(StreamHash&&) noexcept;
  ~StreamHash();

  void add(std::string_view bytes);
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::size_t in_piece_ = 0;
  std::vector<std::uint64_t> digests_;
};

}  // namespace coterie
