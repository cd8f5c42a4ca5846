// Features in the words of those who read the report: "n_purchase" is "purchases". One list for names, reasons and pages.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace coterie {

struct FeatureWord {
  const char* feature;
  const char* word;
  bool counted;  // said with many and few, not with high and low
  const char *high = nullptr, *low = nullptr;  // what is said of many and few where that is plainer; "very" can stand before it
};
std::span<const FeatureWord> feature_words();

// "n_purchase" as "purchases", "City=Rome" as "City: Rome"; what is not in the list stands as it is, but for its underscores.
std::string word_of(std::string_view feature);
// "many purchases", "low revenue", "recently seen"; `high`: above everyone's.
std::string amount_of(std::string_view feature, bool high);

// Whether its values are shares, which are shown in percent: a name that ends with _rate or _share, or begins with share_.
bool is_share(std::string_view feature);
// A value for reading: "5.2 %", "0", "under 0.01", "13.3", "2,682".
std::string value_text(std::string_view feature, double value);

}  // namespace coterie
