#include "coterie/sample/events.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/sample/event_customers.h"
#include "coterie/sample/event_products.h"
#include "coterie/sample/event_rates.h"

// The log is cut into hours. An hour's events are those of the sessions begun in it and of the sessions of the
// hour before that reach into it (no session lasts an hour); they are made afresh from the session's random
// stream, sorted by second, and printed. So hours are independent of each other and memory is a few hours.
namespace coterie {
namespace {

constexpr std::uint64_t event_stream = 0x6576656e74, taste_stream = 0x7461737465, session_stream = 0x73657373;
constexpr std::int64_t first_second = 1'569'888'000;  // 2019-10-01 00:00:00 UTC
constexpr std::uint32_t hour_seconds = 3'600;

enum EventType : std::uint32_t { view, cart, purchase };

struct Event {
  std::uint32_t second;  // since the beginning of the hour
  std::uint32_t session;  // index into the hour's session texts
  std::uint32_t product;
  EventType type;
};

// "user_id,user_session\n", one byte spare.
constexpr std::size_t session_text_size = 47;
using SessionText = std::array<char, 48>;

// Everything that is the same for all hours.
struct Shop {
  EventProducts products;
  SessionPlan plan;
  EventRates rates;
  std::uint64_t seed;
  char delimiter;
};

// One worker's memory for the hour at hand.
struct HourSpace {
  std::vector<Event> events, sorted;
  std::vector<SessionText> sessions;
  HugeArray<char> text;
  std::array<std::uint64_t, 3> types{};
};

char* append(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

constexpr char hex_digits[] = "0123456789abcdef";
char* append_hex(char* to, std::uint64_t bits, int digits) {
  for (int i = digits; i-- > 0; bits >>= 4) to[i] = hex_digits[bits & 15];
  return to + digits;
}

// A random UUID (RFC 9562, version 4).
char* append_session_id(char* to, std::uint64_t seed, std::uint32_t ordinal) {
  const std::uint64_t high = mix64(mix64(seed + session_stream) + ordinal), low = mix64(high ^ session_stream);
  to = append_hex(to, high >> 32, 8), *to++ = '-';
  to = append_hex(to, high >> 16, 4), *to++ = '-';
  to = append_hex(to, 0x4000 | (high & 0xfff), 4), *to++ = '-';
  to = append_hex(to, 0x8000 | (low >> 48 & 0x3fff), 4), *to++ = '-';
  return append_hex(to, low, 12);
}

SessionText session_text(const Shop& shop, const Session& session) {
  SessionText text;
  std::uint32_t number = number_of_customer(shop.seed, session.customer);
  for (int i = 9; i-- > 0; number /= 10) text[static_cast<std::size_t>(i)] = static_cast<char>('0' + number % 10);
  text[9] = shop.delimiter;
  *append_session_id(text.data() + 10, shop.seed, session.ordinal) = '\n';
  return text;
}

// What the customer looks at: four favourite products in four favourite categories, and whatever comes.
struct Interest {
  std::uint32_t category, product;
};
Interest draw_interest(const Shop& shop, std::uint32_t customer, Random& random) {
  const std::uint64_t bits = random.bits();
  const std::uint64_t taste = mix64(mix64(shop.seed + taste_stream) + std::uint64_t{customer} * 4 + (bits >> 3 & 3));
  const bool favourite_product = (bits & 7) < 2, favourite_category = (bits & 7) < 5;
  const std::uint32_t category = draw_category(shop.products, favourite_category ? taste : random.bits());
  return {category, draw_product(shop.products, category, favourite_product ? mix64(taste) : random.bits())};
}

// The chain of event_rates.h. A cart is of the product just viewed, a purchase of the product just carted.
struct Visitor {
  Interest interest;
  EventType last;
};
void step(Visitor& visitor, const Shop& shop, const Session& session, Random& random, std::uint64_t bits) {
  const auto kind = static_cast<std::size_t>(session.kind);
  const auto coin = static_cast<std::uint32_t>(bits);
  if (visitor.last == view && coin < shop.rates.cart[kind]) {
    visitor.last = cart;
  } else if (visitor.last == cart && coin < shop.rates.purchase[kind]) {
    visitor.last = purchase;
  } else {
    visitor.last = view;
    const std::uint32_t wish = bits >> 32 & 255;  // the same again, another of its category, something else
    if (wish >= 190) visitor.interest = draw_interest(shop, session.customer, random);
    else if (wish >= 60) visitor.interest.product = draw_product(shop.products, visitor.interest.category, random.bits());
  }
}

// Adds those events of the session that lie in the hour that begins at `begin`.
void add_session(HourSpace& space, const Shop& shop, const Session& session, std::uint32_t begin) {
  Random random(shop.seed ^ event_stream, session.ordinal);
  Event events[255];
  std::uint32_t reached[255];  // growing; scaled to the session's duration below
  Visitor visitor{draw_interest(shop, session.customer, random), view};
  std::uint32_t sum = 0;
  const auto slot = static_cast<std::uint32_t>(space.sessions.size());
  for (std::uint32_t i = 0; i < session.events; ++i) {
    const std::uint64_t bits = random.bits();
    const std::uint32_t pause = bits >> 56;
    if (i > 0) step(visitor, shop, session, random, bits), sum += 40 + pause * pause / 64;
    reached[i] = sum;
    events[i] = {0, slot, visitor.interest.product, visitor.last};
  }
  const double pace = sum == 0 ? 0 : static_cast<double>(session.duration) / sum;
  for (std::uint32_t i = 0; i < session.events; ++i) {
    events[i].second = session.start + static_cast<std::uint32_t>(pace * reached[i]) - begin;  // wraps if before
    if (events[i].second < hour_seconds) space.events.push_back(events[i]);
  }
  space.sessions.push_back(session_text(shop, session));
}

void sort_by_second(HourSpace& space) {
  std::array<std::uint32_t, hour_seconds + 1> place{};
  for (const Event& e : space.events) ++place[e.second + 1];
  for (std::size_t s = 0; s < hour_seconds; ++s) place[s + 1] += place[s];
  space.sorted.resize(space.events.size());
  for (const Event& e : space.events) space.sorted[place[e.second]++] = e;
}

std::size_t longest_row(const EventProducts& products) {
  std::uint32_t longest = 0;
  for (std::size_t i = 1; i < products.text_begin.size(); ++i)
    longest = std::max(longest, products.text_begin[i] - products.text_begin[i - 1]);
  return 24 + 9 + longest + session_text_size;
}

// "YYYY-MM-DD HH:MM:SS UTC"
std::string time_text(std::uint32_t second) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(first_second + second)));
}

std::string_view print_hour(HourSpace& space, const Shop& shop, std::uint32_t hour, std::size_t row_size) {
  const std::array<std::string, 3> types = {fmt::format("{0}view{0}", shop.delimiter), fmt::format("{0}cart{0}", shop.delimiter),
                                            fmt::format("{0}purchase{0}", shop.delimiter)};
  if (space.text.size() < space.sorted.size() * row_size) space.text = HugeArray<char>(space.sorted.size() * row_size * 5 / 4);
  char* to = space.text.data();
  std::string time;
  std::uint32_t time_of = hour_seconds;
  for (const Event& e : space.sorted) {
    if (e.second != time_of) time = time_text(hour * hour_seconds + (time_of = e.second));
    to = append(to, time);
    to = append(to, types[e.type]);
    to = append(to, product_text(shop.products, e.product, hour / 24));
    to = append(to, {space.sessions[e.session].data(), session_text_size});
    ++space.types[e.type];
  }
  return {space.text.data(), static_cast<std::size_t>(to - space.text.data())};
}

void make_hour(HourSpace& space, const Shop& shop, std::uint32_t hour) {
  space.events.clear();
  space.sessions.clear();
  const std::uint32_t begin = hour * hour_seconds;
  const std::size_t before = shop.plan.hour_begin[hour == 0 ? 0 : hour - 1];
  for (std::size_t i = before; i < shop.plan.hour_begin[hour + 1]; ++i) {
    const Session& session = shop.plan.sessions[i];
    if (session.start + session.duration >= begin) add_session(space, shop, session, begin);
  }
  sort_by_second(space);
}

// Lets the workers write one after the other, in the order of their blocks.
class Turns {
 public:
  // Calls write() when all earlier blocks have written; does nothing once a write has failed.
  template <class Write>
  void take(std::size_t block, const Write& write) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return next_ == block || failed_; });
    if (failed_) return;
    try {
      write();
    } catch (...) {
      failed_ = true;
      changed_.notify_all();
      throw;
    }
    ++next_;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t next_ = 0;
  bool failed_ = false;
};

// As many customers as the published log has for its rows, where none are asked for.
EventSampleOptions with_customers(EventSampleOptions options) {
  if (options.customers == 0) options.customers = std::max<std::uint64_t>(1, options.rows * 5'316'649 / 109'950'743);
  return options;
}

void check(const EventSampleOptions& o) {
  if (o.rows < 1 || o.rows > 0xffff'ffffu) throw Error(ErrorKind::usage, fmt::format("rows is {} when it should be 1 to 4294967295", o.rows), "give a number in that range");
  if (o.customers < 1 || o.customers > o.rows || o.customers > most_customers)
    throw Error(ErrorKind::usage, fmt::format("customers is {} when it should be 1 to the number of rows, {}, and at most {}", o.customers, o.rows, most_customers),
                "every customer needs a row: give fewer customers or more rows");
  if (std::strchr(",;\t|", o.delimiter) == nullptr || o.delimiter == 0)
    throw Error(ErrorKind::usage, fmt::format("the delimiter is '{}' when it should be one of , ; | and tab", o.delimiter), "use one of these");
}

std::string header(char delimiter) {
  std::string text = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
  std::replace(text.begin(), text.end(), ',', delimiter);
  return text;
}

}  // namespace

EventSampleSummary write_events(const EventSampleOptions& asked, const TextSink& sink) {
  const EventSampleOptions options = with_customers(asked);
  check(options);
  const int threads = options.threads > 0 ? options.threads : default_threads();
  Shop shop{build_event_products(options.seed, options.delimiter),
            plan_sessions(options.rows, static_cast<std::uint32_t>(options.customers), options.seed, threads),
            {}, options.seed, options.delimiter};
  shop.rates = solve_event_rates(shop.plan.sizes);
  const std::size_t row_size = longest_row(shop.products);

  EventSampleSummary summary{.rows = options.rows, .customers = options.customers, .sessions = shop.plan.sessions.size()};
  const auto put = [&](std::string_view text) { sink(text), summary.bytes += text.size(); };
  put(header(options.delimiter));
  std::vector<HourSpace> spaces(static_cast<std::size_t>(threads));
  Turns turns;
  for_each_block(sample_days * 24, threads, [&](std::size_t hour, int worker) {
    HourSpace& space = spaces[static_cast<std::size_t>(worker)];
    make_hour(space, shop, static_cast<std::uint32_t>(hour));
    const std::string_view text = print_hour(space, shop, static_cast<std::uint32_t>(hour), row_size);
    turns.take(hour, [&] { put(text); });
  });
  for (const HourSpace& space : spaces) summary.views += space.types[view], summary.carts += space.types[cart], summary.purchases += space.types[purchase];
  return summary;
}

void write_event_truth(const EventSampleOptions& asked, const TextSink& sink) {
  const EventSampleOptions options = with_customers(asked);
  check(options);
  std::string text = fmt::format("customer{}kind\n", options.delimiter);
  for (std::uint64_t c = 0; c < options.customers; ++c) {
    text += fmt::format("{}{}{}\n", number_of_customer(options.seed, c), options.delimiter, name_of(kind_of_customer(options.seed, c)));
    if (text.size() > 1'000'000) sink(text), text.clear();
  }
  sink(text);
}

}  // namespace coterie
