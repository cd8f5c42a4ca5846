#include "coterie/model/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/events/event_log_test.h"

namespace coterie {
namespace {

double awkward_double(Random& random) {
  const double few[] = {0.0, -0.0, 0.1, 1.0 / 3, 1e308, -1e-308, 5e-324, std::numeric_limits<double>::epsilon(), 123456789012345678.0};
  if (random.below(3) == 0) return few[random.below(std::size(few))];
  double value;
  do {
    const std::uint64_t bits = random.bits();
    std::memcpy(&value, &bits, 8);
  } while (!std::isfinite(value));
  return value;
}

std::vector<double> doubles(std::size_t n, Random& random) {
  std::vector<double> values(n);
  for (double& value : values) value = awkward_double(random);
  return values;
}

Model random_model(std::uint64_t seed) {
  Random random(seed);
  const std::size_t columns = 1 + random.below(6);
  Model model;
  model.id_name = "the \"id\", 1";
  for (std::size_t c = 0; c < columns; ++c) model.features.push_back("f" + std::to_string(c));
  model.scaling.linear = {doubles(columns, random), doubles(columns, random), {0}};
  model.pca = {columns, 2, doubles(columns, random), doubles(2 * columns, random), doubles(2, random), doubles(2, random)};
  model.k = 2 + random.below(3);
  model.centres = doubles(model.k * columns, random);
  for (std::size_t c = 0; c < model.k; ++c) model.segments.push_back({"segment " + std::to_string(c), "because \n \xc3\xa9"}), model.identities.push_back(static_cast<int>(7 - c));
  return model;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST(Model, ReadsBackToTheSameBits) {
  const TestFolder folder;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Model model = random_model(seed);
    folder.file("model.json", model_to_json(model));
    const Model back = load_model(folder.path());
    EXPECT_EQ(back.id_name, model.id_name);
    EXPECT_EQ(back.features, model.features);
    EXPECT_TRUE(same_bits(back.scaling.linear.means, model.scaling.linear.means));
    EXPECT_TRUE(same_bits(back.scaling.linear.deviations, model.scaling.linear.deviations));
    EXPECT_EQ(back.scaling.linear.constant_columns, model.scaling.linear.constant_columns);
    EXPECT_EQ(back.pca.columns, model.pca.columns);
    EXPECT_EQ(back.pca.components, model.pca.components);
    EXPECT_TRUE(same_bits(back.pca.means, model.pca.means));
    EXPECT_TRUE(same_bits(back.pca.axes, model.pca.axes));
    EXPECT_TRUE(same_bits(back.pca.explained_variance, model.pca.explained_variance));
    EXPECT_TRUE(same_bits(back.pca.explained_ratio, model.pca.explained_ratio));
    EXPECT_EQ(back.k, model.k);
    EXPECT_TRUE(same_bits(back.centres, model.centres));
    ASSERT_EQ(back.segments.size(), model.segments.size());
    for (std::size_t c = 0; c < model.k; ++c) {
      EXPECT_EQ(back.segments[c].name, model.segments[c].name);
      EXPECT_EQ(back.segments[c].because, model.segments[c].because);
      EXPECT_EQ(back.identities[c], model.identities[c]);
    }
    EXPECT_EQ(model_to_json(back), model_to_json(model));
  }
}

TEST(Model, IsSavedAlsoWhenTheHeaderIsNoUtf8) {
  Model model = random_model(1);
  model.id_name = "num\xe9ro";
  EXPECT_NE(model_to_json(model).find("num\xef\xbf\xbdro"), std::string::npos);
}

std::string error_of(const std::string& text) {
  const TestFolder folder;
  folder.file("model.json", text);
  try {
    load_model(folder.path());
  } catch (const Error& error) {
    EXPECT_EQ(error.place, folder.path("model.json"));
    return std::string(name_of(error.kind)) + " " + error.what();
  }
  return "";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) { return text.replace(text.find(from), from.size(), to); }

TEST(Model, SaysWhatIsWrongWithADamagedOne) {
  const std::string good = model_to_json(random_model(3));
  EXPECT_EQ(error_of(good), "");
  EXPECT_EQ(error_of(replaced(good, "\"format\": 1", "\"format\": 9")), "damaged_input the model has format 9, this program reads 1");
  EXPECT_TRUE(error_of("").starts_with("damaged_input this is no model: "));
  EXPECT_TRUE(error_of("[1, 2]").starts_with("damaged_input this is no model: "));
  EXPECT_TRUE(error_of("{\"format\": 1}").starts_with("damaged_input this is no model: "));
  EXPECT_TRUE(error_of(good.substr(0, good.size() / 2)).starts_with("damaged_input this is no model: "));
  EXPECT_TRUE(error_of(replaced(good, "\"centres\"", "\"centers\"")).starts_with("damaged_input this is no model: "));
  for (const char* k : {"\"k\": 1", "\"k\": 0", "\"k\": -1", "\"k\": 4611686018427387904"})
    EXPECT_EQ(error_of(replaced(good, good.substr(good.find("\"k\": "), 6), k)), "damaged_input the model's parts do not fit together") << k;
  EXPECT_EQ(error_of(replaced(good, "\"f0\"", "\"f0\", \"extra\"")), "damaged_input the model's parts do not fit together");
}

TEST(Model, SaysThatThereIsNone) {
  const TestFolder folder;
  try {
    load_model(folder.path());
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(text_of(error), folder.path("model.json") + ": there is no model\n  fix: give the folder that coterie run wrote");
  }
}

}  // namespace
}  // namespace coterie
