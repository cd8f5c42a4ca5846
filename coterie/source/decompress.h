// A stream of decompressed bytes from plain, gzip (RFC 1952) or zstd (RFC 8878) input, told apart by magic
// bytes and never by name. Members of gzip and frames of zstd that follow each other are read to the end.
// Tested by: cutting small files at every byte, flipping bytes, comparing with what was compressed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "coterie/source/raw_stream.h"

struct z_stream_s;
struct ZSTD_DCtx_s;

namespace coterie {

enum class Compression { plain, gzip, zstd };
const char* name_of(Compression compression);

// The format that begins with these bytes (give 4 or more, or all there are). A whole file of 1 byte that
// begins gzip, or of 2 or 3 that begin zstd, counts as a truncated one.
Compression compression_of(std::span<const char> first_bytes);

// "xz", "bzip2", ... when the bytes begin a format that is not read here; null otherwise.
const char* unread_format(std::span<const char> first_bytes);

// Where a compressed stream ended before its time or stopped making sense.
struct Damage {
  std::string message;   // "the gzip stream ends in the middle (truncated)"
  std::uint64_t offset;  // in the raw file
};

struct GzipState {
  GzipState();
  std::unique_ptr<z_stream_s, void (*)(z_stream_s*)> zlib;
  bool between_members = true;
};

struct ZstdState {
  ZstdState();
  std::unique_ptr<ZSTD_DCtx_s, void (*)(ZSTD_DCtx_s*)> context;
  std::size_t hint = 0;       // how many more bytes complete what the decoder is at
  bool between_frames = true;
};

class DecompressedStream {
 public:
  // Throws Error(usage) for formats that are recognised and not read (xz, zip, ...).
  explicit DecompressedStream(RawInput input);

  // Fills out[0, n); fewer at the end or at the damage only. All bytes before the damage are delivered.
  std::size_t read(char* out, std::size_t n);

  const std::optional<Damage>& damage() const { return damage_; }
  Compression compression() const { return compression_; }
  RawStream& raw() { return raw_; }
  const RawStream& raw() const { return raw_; }

 private:
  std::size_t step_gzip(GzipState& gzip, char* out, std::size_t n);
  std::size_t step_zstd(ZstdState& zstd, char* out, std::size_t n);
  void end_damaged(std::string message);

  RawStream raw_;
  Compression compression_;
  std::variant<std::monostate, GzipState, ZstdState> decoder_;
  std::optional<Damage> damage_;
  bool ended_ = false;
};

}  // namespace coterie
