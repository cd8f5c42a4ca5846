#include "coterie/sample/event_products.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "coterie/base/random.h"

namespace coterie {
namespace {

constexpr std::uint32_t category_count = 600, coded_categories = 330, product_count = 200'000, brand_count = 4'000;
constexpr double unbranded_share_uncoded = 0.25;
constexpr double unbranded_share_coded =
    (blank_brand_share - blank_category_code_share * unbranded_share_uncoded) / (1 - blank_category_code_share);

// A department and its leaves, set apart by blanks.
struct Department {
  const char* name;
  const char* leaves;
};
constexpr Department departments[] = {
    {"electronics", "smartphone phone charger case headset"},
    {"audio", "headphone speaker soundbar microphone turntable"},
    {"video", "television projector media_player antenna"},
    {"camera", "camera lens tripod action_camera drone"},
    {"electronics", "clocks tablet watch reader navigation"},
    {"computers", "notebook desktop monitor server"},
    {"computers.parts", "cpu motherboard memory videocard power_supply cooler disk"},
    {"computers.devices", "printer keyboard mouse router scanner camera joystick"},
    {"appliances.kitchen", "refrigerator washer oven hob dishwasher microwave kettle blender coffee_machine toaster grill hood mixer"},
    {"appliances.climate", "vacuum air_conditioner water_heater fan humidifier heater"},
    {"appliances.care", "hair_dryer shaver scales massager"},
    {"appliances", "iron sewing_machine steam_cleaner"},
    {"furniture.living_room", "sofa armchair cabinet shelving coffee_table"},
    {"furniture.bedroom", "bed mattress blanket pillow wardrobe"},
    {"furniture.kitchen", "table chair stool"},
    {"furniture.bathroom", "bath toilet sink mirror"},
    {"apparel.shoes", "sneakers boots sandals slippers loafers"},
    {"apparel", "shirt trousers jeans dress jacket scarf underwear socks costume"},
    {"accessories", "bag wallet umbrella sunglasses belt watchband"},
    {"auto.parts", "tyres battery brake filter lamp"},
    {"auto.accessories", "player alarm compressor radar winch"},
    {"construction.tools", "drill saw welding screw light generator pump axe"},
    {"sport", "bicycle ski snowboard tennis treadmill tent trainer"},
    {"kids", "carriage toys skates swing dolls seat"},
};

std::vector<std::string> category_codes() {
  std::vector<std::string> codes;
  for (const auto& [name, leaves] : departments) {
    std::string_view rest = leaves;
    while (!rest.empty()) {
      const std::string_view leaf = rest.substr(0, rest.find(' '));
      codes.push_back(fmt::format("{}.{}", name, leaf));
      rest.remove_prefix(std::min(rest.size(), leaf.size() + 1));
    }
  }
  return codes;
}

// Distinct for i < 4,900: two syllables name the brand, the ending only dresses it.
std::string brand_name(std::uint32_t i) {
  static constexpr std::string_view consonants = "bdfghklmnprstv", vowels = "aeiou";
  static constexpr const char* endings[] = {"", "n", "x", "ris", "tek", "la", "ndo", "r", "s", "mex", "line", "dt"};
  const std::uint32_t place = i * 1'709 % 4'900, a = place / 70, b = place % 70;
  return fmt::format("{}{}{}{}{}", consonants[a / 5], vowels[a % 5], consonants[b / 5], vowels[b % 5],
                     endings[mix64(i) % std::size(endings)]);
}

std::vector<double> zipf_weights(std::size_t n, double shift, double exponent) {
  std::vector<double> weights(n);
  for (std::size_t r = 0; r < n; ++r) weights[r] = std::pow(static_cast<double>(r) + shift, -exponent);
  return weights;
}

// Coded categories first, then those without a code; each of the two parts sums to its share of the events.
std::vector<double> category_weights() {
  std::vector<double> weights = zipf_weights(coded_categories, 1.5, 1.0);
  const std::vector<double> uncoded = zipf_weights(category_count - coded_categories, 4, 1.0);
  double coded_sum = 0, uncoded_sum = 0;
  for (const double w : weights) coded_sum += w;
  for (const double w : uncoded) uncoded_sum += w;
  for (double& w : weights) w *= (1 - blank_category_code_share) / coded_sum;
  for (const double w : uncoded) weights.push_back(w * blank_category_code_share / uncoded_sum);
  return weights;
}

// Popular categories have more products, but not in proportion.
std::vector<Shelf> build_shelves(const std::vector<double>& weights) {
  double total = 0, before = 0;
  for (const double w : weights) total += std::pow(w, 0.6);
  std::vector<Shelf> shelves;
  std::uint32_t begin = 0;
  const std::uint32_t free = product_count - 4 * category_count;
  for (std::uint32_t c = 0; c < category_count; ++c) {
    before += std::pow(weights[c], 0.6);
    const auto end = c + 1 == category_count ? product_count : static_cast<std::uint32_t>(free * (before / total)) + 4 * (c + 1);
    const double share = c < coded_categories ? unbranded_share_coded : unbranded_share_uncoded;
    const auto unbranded = std::max<std::uint32_t>(1, static_cast<std::uint32_t>((end - begin) * share));
    shelves.push_back({begin, end - unbranded, end, static_cast<std::uint32_t>(std::lround(share * 65536))});
    begin = end;
  }
  return shelves;
}

void append(std::vector<AliasSlot>& to, const std::vector<AliasSlot>& from) { to.insert(to.end(), from.begin(), from.end()); }

std::vector<AliasSlot> product_popularity(const std::vector<Shelf>& shelves) {
  std::vector<AliasSlot> slots;
  for (const Shelf& shelf : shelves) {
    append(slots, alias_table(zipf_weights(shelf.branded_end - shelf.begin, 2, 0.9), shelf.begin));
    append(slots, alias_table(zipf_weights(shelf.end - shelf.branded_end, 2, 0.9), shelf.branded_end));
  }
  return slots;
}

struct Category {
  std::string id_and_code;  // "category_id,category_code,"
  std::uint32_t first_product_id, first_brand;
  double log_price;  // of cents
};

Category build_category(std::uint32_t c, const std::vector<std::string>& codes, char delimiter, Random& random) {
  const std::string code = c < coded_categories ? codes[c % codes.size()] : "";
  return {fmt::format("{}{}{}{}", 2'053'013'552'000'000'000u + c * 16'777'213ull, delimiter, code, delimiter),
          1'000'000 + c * 100'000, static_cast<std::uint32_t>(random.below(brand_count)),
          std::log(9'000.0) + 1.0 * random.normal()};
}

std::uint32_t draw_cents(double log_price, Random& random) {
  return static_cast<std::uint32_t>(std::clamp(std::exp(log_price + 0.7 * random.normal()), 77.0, 257'407.0));
}

void add_product(EventProducts& shop, const Category& category, std::uint32_t rank, bool branded, char delimiter,
                 Random& random) {
  const double spread = random.uniform();
  const auto brand = (category.first_brand + static_cast<std::uint32_t>(40 * spread * spread)) % brand_count;
  const std::string head = fmt::format("{}{}{}{}{}", category.first_product_id + rank * 13 % 99'991, delimiter,
                                       category.id_and_code, branded ? brand_name(brand) : "", delimiter);
  const std::uint32_t first = draw_cents(category.log_price, random);
  const bool changes = random.below(2) == 0;
  const auto second = changes ? static_cast<std::uint32_t>(first * (0.85 + 0.25 * random.uniform())) : first;
  for (const std::uint32_t cents : {first, second}) {
    shop.text += fmt::format("{}{}.{:02}{}", head, cents / 100, cents % 100, delimiter);
    shop.text_begin.push_back(static_cast<std::uint32_t>(shop.text.size()));
  }
  shop.price_change.push_back(static_cast<std::uint8_t>(5 + random.below(50)));
}

}  // namespace

std::vector<AliasSlot> alias_table(const std::vector<double>& weights, std::uint32_t first) {
  const std::size_t n = weights.size();
  double total = 0;
  for (const double w : weights) total += w;
  std::vector<double> level(n);
  std::vector<std::uint32_t> low, high;
  for (std::uint32_t i = 0; i < n; ++i) {
    level[i] = weights[i] * static_cast<double>(n) / total;
    (level[i] < 1 ? low : high).push_back(i);
  }
  std::vector<AliasSlot> slots(n);
  for (std::uint32_t i = 0; i < n; ++i) slots[i] = {0xffff'ffffu, first + i};
  while (!low.empty() && !high.empty()) {
    const std::uint32_t poor = low.back(), rich = high.back();
    low.pop_back();
    slots[poor] = {static_cast<std::uint32_t>(level[poor] * 4294967295.0), first + rich};
    level[rich] -= 1 - level[poor];
    if (level[rich] < 1) high.pop_back(), low.push_back(rich);
  }
  return slots;
}

EventProducts build_event_products(std::uint64_t seed, char delimiter) {
  Random random(seed, 0x70726f6475637473u);
  const std::vector<double> weights = category_weights();
  const std::vector<std::string> codes = category_codes();
  EventProducts shop{alias_table(weights), build_shelves(weights), {}, {}, {0}, {}};
  shop.products = product_popularity(shop.shelves);
  for (std::uint32_t c = 0; c < category_count; ++c) {
    const Category category = build_category(c, codes, delimiter, random);
    const Shelf& shelf = shop.shelves[c];
    for (std::uint32_t p = shelf.begin; p < shelf.end; ++p)
      add_product(shop, category, p - shelf.begin, p < shelf.branded_end, delimiter, random);
  }
  return shop;
}

}  // namespace coterie
