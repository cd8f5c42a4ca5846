#include "coterie/source/content_hash.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <fstream>

#include "coterie/base/cpu.h"

namespace coterie {

namespace plain {
std::uint64_t xxh3(const char* bytes, std::size_t size);
}
namespace avx2 {
std::uint64_t xxh3(const char* bytes, std::size_t size);
}
namespace avx512 {
std::uint64_t xxh3(const char* bytes, std::size_t size);
}

std::uint64_t xxh3(std::string_view bytes) {
  switch (isa()) {
    case Isa::avx512: return avx512::xxh3(bytes.data(), bytes.size());
    case Isa::avx2: return avx2::xxh3(bytes.data(), bytes.size());
    case Isa::plain: break;
  }
  return plain::xxh3(bytes.data(), bytes.size());
}

std::string content_hash(std::span<const std::uint64_t> piece_digests) {
  static_assert(std::endian::native == std::endian::little);
  const auto bytes = std::as_bytes(piece_digests);
  return fmt::format("xxh3-4m:{:016x}", xxh3({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

std::string hash_of_file(const std::string& path) {
  StreamHash hash;
  std::ifstream file(path, std::ios::binary);
  for (std::vector<char> part(1 << 20); file;) {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    hash.add({part.data(), static_cast<std::size_t>(file.gcount())});
  }
  return hash.finish();
}

struct StreamHash::State {
  XXH3_state_t* xxh = XXH3_createState();
  State() { XXH3_64bits_reset(xxh); }
  State(const State&) = delete;
  ~State() { XXH3_freeState(xxh); }
};

StreamHash::StreamHash() : state_(std::make_unique<State>()) {}
StreamHash::StreamHash(StreamHash&&) noexcept = default;
StreamHash::~StreamHash() = default;

void StreamHash::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t n = std::min(bytes.size(), hash_piece_bytes - in_piece_);
    XXH3_64bits_update(state_->xxh, bytes.data(), n);
    bytes.remove_prefix(n);
    in_piece_ += n;
    if (in_piece_ < hash_piece_bytes) return;
    digests_.push_back(XXH3_64bits_digest(state_->xxh));
    XXH3_64bits_reset(state_->xxh);
    in_piece_ = 0;
  }
}

std::string StreamHash::finish() {
  if (in_piece_ > 0) digests_.push_back(XXH3_64bits_digest(state_->xxh));
  in_piece_ = 0;
  return content_hash(digests_);
}

}  // namespace coterie
