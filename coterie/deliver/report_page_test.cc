#include "coterie/deliver/report_page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace coterie {
namespace {

TEST(JsonForScript, CannotEndItsElementAndMeansTheSame) {
  for (const std::string text : {"</script><script>alert(1)</script>", "<!--", "]]>", "a & b", "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "\xd8\xa7 \\u003c \" \\ \n", "\xe2\x80"}) {
    const std::string json = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const std::string safe = json_for_script(json);
    EXPECT_EQ(safe.find_first_of("<>&"), std::string::npos);
    EXPECT_EQ(safe.find("\xe2\x80\xa8"), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(safe), nlohmann::json::parse(json));
  }
}

TEST(ReportPage, IsTheTemplateWithTheDataInIt) {
  const std::string page = report_page(R"({"mark": "</script>"})");
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_NE(page.find(R"({"mark": "\u003c/script\u003e"})"), std::string::npos);
  EXPECT_NE(page.find(R"("n_purchase":"purchases")"), std::string::npos);
  EXPECT_EQ(page.find("of the run\"}"), std::string::npos);
  EXPECT_EQ(page.find("of features\"}"), std::string::npos);
}

TEST(ReportPage, LeavesRoomForTheData) { EXPECT_LT(report_template().size(), 900'000u); }

}  // namespace
}  // namespace coterie
