#include "coterie/source/decompress.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <string_view>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr int gzip_window = 15 + 16;        // the largest window, gzip header expected
constexpr std::size_t zstd_block_header = 3;
constexpr int zstd_longest_window = 31;     // as made by zstd --long=31

std::string_view text(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

bool begins_zstd(std::string_view bytes) {
  const bool frame = bytes.starts_with("\x28\xb5\x2f\xfd");
  const bool skippable = bytes.size() >= 4 && (bytes[0] & 0xf0) == 0x50 && bytes.substr(1, 3) == "\x2a\x4d\x18";
  return frame || skippable || bytes == "\x28\xb5" || bytes == "\x28\xb5\x2f";
}

void end_zlib(z_stream* zlib) {
  inflateEnd(zlib);
  delete zlib;
}

void free_zstd(ZSTD_DCtx* context) { ZSTD_freeDCtx(context); }

void refuse_unread_format(RawStream& raw) {
  const char* format = unread_format(raw.unread());
  if (format == nullptr) return;
  throw Error(ErrorKind::usage, fmt::format("is a {} file, which is not read here", format),
              "unpack it first, or pack it as .gz or .zst", raw.input().name);
}

}  // namespace

const char* name_of(Compression compression) {
  switch (compression) {
    case Compression::plain: return "plain";
    case Compression::gzip: return "gzip";
    case Compression::zstd: return "zstd";
  }
  return "unknown";
}

Compression compression_of(std::span<const char> first_bytes) {
  const std::string_view bytes = text(first_bytes);
  if (bytes.starts_with("\x1f\x8b") || bytes == "\x1f") return Compression::gzip;
  return begins_zstd(bytes) ? Compression::zstd : Compression::plain;
}

const char* unread_format(std::span<const char> first_bytes) {
  using namespace std::string_view_literals;
  struct Magic {
    std::string_view bytes;
    const char* name;
  };
  constexpr std::array magics = {Magic{"\xfd\x37zXZ\0"sv, "xz"}, Magic{"PK\3\4"sv, "zip (or Excel)"},
                                 Magic{"\x04\x22\x4d\x18"sv, "lz4"}, Magic{"7z\xbc\xaf\x27\x1c"sv, "7z"}};
  const std::string_view bytes = text(first_bytes);
  for (const Magic& magic : magics)
    if (bytes.starts_with(magic.bytes)) return magic.name;
  return bytes.starts_with("BZh") && bytes.substr(std::min<std::size_t>(4, bytes.size())).starts_with("1AY&SY") ? "bzip2"
                                                                                                                : nullptr;
}

GzipState::GzipState() : zlib(new z_stream{}, end_zlib) {
  if (inflateInit2(zlib.get(), gzip_window) != Z_OK) throw std::bad_alloc();
}

ZstdState::ZstdState() : context(ZSTD_createDCtx(), free_zstd) {
  if (context == nullptr) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, zstd_longest_window);
}

DecompressedStream::DecompressedStream(RawInput input)
    : raw_(std::move(input)), compression_(compression_of(raw_.unread())) {
  refuse_unread_format(raw_);
  if (compression_ == Compression::gzip) decoder_.emplace<GzipState>();
  if (compression_ == Compression::zstd) decoder_.emplace<ZstdState>();
}

std::size_t DecompressedStream::read(char* out, std::size_t n) {
  if (compression_ == Compression::plain) return raw_.read(out, n);
  std::size_t done = 0;
  while (done < n && !ended_) {
    if (auto* gzip = std::get_if<GzipState>(&decoder_)) done += step_gzip(*gzip, out + done, n - done);
    if (auto* zstd = std::get_if<ZstdState>(&decoder_)) done += step_zstd(*zstd, out + done, n - done);
  }
  return done;
}

void DecompressedStream::end_damaged(std::string message) {
  damage_ = Damage{std::move(message), raw_.offset()};
  ended_ = true;
}

// One call of inflate; the bytes it wrote.
std::size_t DecompressedStream::step_gzip(GzipState& gzip, char* out, std::size_t n) {
  const auto input = raw_.unread();
  if (gzip.between_members) {
    ended_ = input.empty();
    if (!ended_ && input[0] != '\x1f') end_damaged("bytes that are not gzip follow the gzip stream");
    if (ended_) return 0;
    inflateReset(gzip.zlib.get());
  }
  z_stream& zlib = *gzip.zlib;
  const auto room = static_cast<uInt>(std::min<std::size_t>(n, std::numeric_limits<uInt>::max()));
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  zlib.avail_in = static_cast<uInt>(input.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out);
  zlib.avail_out = room;
  const int status = inflate(&zlib, Z_NO_FLUSH);
  raw_.skip(input.size() - zlib.avail_in);
  gzip.between_members = status == Z_STREAM_END;
  if (status == Z_MEM_ERROR) throw std::bad_alloc();
  if (input.empty() && zlib.avail_out == room) end_damaged("the gzip stream ends in the middle: the file is truncated");
  else if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
    end_damaged(fmt::format("the gzip stream is corrupt ({})", zlib.msg == nullptr ? "bad data" : zlib.msg));
  return room - zlib.avail_out;
}

// One call of libzstd; the bytes it wrote. A failing call does not tell how much it wrote before the
// failure, so each is given one block body or one block header and never both: all that precedes the
// damage has then been reported.
std::size_t DecompressedStream::step_zstd(ZstdState& zstd, char* out, std::size_t n) {
  const auto input = raw_.unread();
  ended_ = zstd.between_frames && input.empty();
  if (ended_) return 0;
  const bool body = zstd.hint > zstd_block_header;
  const std::size_t feed = body ? zstd.hint - zstd_block_header : std::max<std::size_t>(zstd.hint, 1);
  ZSTD_inBuffer from = {input.data(), std::min(feed, input.size()), 0};
  ZSTD_outBuffer to = {out, n, 0};
  const std::size_t status = ZSTD_decompressStream(zstd.context.get(), &to, &from);
  if (ZSTD_isError(status)) {
    end_damaged(fmt::format("the zstd stream is corrupt ({})", ZSTD_getErrorName(status)));
    return 0;
  }
  raw_.skip(from.pos);
  zstd.hint = status;
  zstd.between_frames = status == 0;
  if (input.empty() && to.pos == 0) end_damaged("the zstd stream ends in the middle: the file is truncated");
  return to.pos;
}

}  // namespace coterie
