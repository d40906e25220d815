#include "json/outline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace heymilo::json {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Outlined = std::vector<std::string>;

Outlined elementsOf(std::string_view text) {
  const auto outline = outlineOf(text, "data");
  return outline ? Outlined(outline->elements.begin(), outline->elements.end()) : Outlined{"none"};
}

Outlined namesOf(std::string_view text) {
  Outlined names;
  for (const Member& member : membersOf(text)) {
    names.push_back(std::string(member.name) + '=' + std::string(member.value));
  }
  return names;
}

TEST(Outline, OfElementsWhateverIsInThem) {
  EXPECT_THAT(elementsOf(R"({"data":[]})"), IsEmpty());
  EXPECT_THAT(elementsOf("\xEF\xBB\xBF { \"data\" :\n[ 1 ,\t\"]\" ] } "),
              ElementsAre("1", "\"]\""));
  EXPECT_THAT(elementsOf(R"({"a":{"data":[1]},"data":[{"b":NaN},[{}],-Infinity],"c":"\ud800"})"),
              ElementsAre(R"({"b":NaN})", "[{}]", "-Infinity"));
  EXPECT_THAT(elementsOf("{\"data\":[\"\xff\\\"\",{\"a\":\"}],\"}]}"),
              ElementsAre("\"\xff\\\"\"", "{\"a\":\"}],\"}"));
  EXPECT_THAT(elementsOf(R"({"data":[{"a":},,{"a":1,},[,1,],]})"),
              ElementsAre(R"({"a":})", "", R"({"a":1,})", "[,1,]", ""));
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_THAT(elementsOf("{\"data\":[" + deep + "]}"), ElementsAre(deep));
}

// Nothing between two commas is a missing element.
TEST(Outline, HasAnElementForEachPlaceThatIsEmpty) {
  EXPECT_THAT(elementsOf(R"({"data":[{"a":1}, , {"a":2}]})"),
              ElementsAre(R"({"a":1})", "", R"({"a":2})"));
  EXPECT_THAT(elementsOf(R"({"data":[,{}]})"), ElementsAre("", "{}"));
  EXPECT_THAT(elementsOf(R"({"data":[{},]})"), ElementsAre("{}", ""));
  EXPECT_THAT(elementsOf(R"({"data":[ , , ]})"), ElementsAre("", "", ""));
  EXPECT_THAT(elementsOf(R"({"data":[{},,,1]})"), ElementsAre("{}", "", "", "1"));
}

TEST(Outline, HasTheRestOfTheText) {
  const auto outline = outlineOf(R"({"a":1,"data":[ {} ,{}],"b":2} )", "data");
  ASSERT_TRUE(outline);
  EXPECT_EQ(outline->envelope, R"({"a":1,"data":[],"b":2} )");
  EXPECT_FALSE(outline->broken);
}

TEST(Outline, SaysWhichElementBreaks) {
  const auto brokenIn = [](std::string_view text) {
    const auto outline = outlineOf(text, "data");
    if (!outline || !outline->broken) {
      return std::string("none");
    }
    EXPECT_EQ(outline->envelope, "");
    EXPECT_EQ(outline->broken->cut_off, text.back() == 'd') << text;
    return std::to_string(outline->elements.size()) + ": " + std::string(outline->broken->rest);
  };
  EXPECT_EQ(brokenIn(R"({"data":[{},{"a":"b","c":"d)"), R"(1: {"a":"b","c":"d)");
  EXPECT_EQ(brokenIn(R"({"data":[{},{"a":"b},{"c":1}]})"), R"(1: {"a":"b},{"c":1}]})");
  EXPECT_EQ(brokenIn(R"({"data":[{},{"a":1}},{"c":1}]})"), R"(1: {"a":1}},{"c":1}]})");
  EXPECT_EQ(brokenIn(R"({"data":[{},{"a":1},"b":2},{}]})"), R"(1: {"a":1},"b":2},{}]})");
  EXPECT_EQ(brokenIn(R"({"data":[{},{"a":[1},{}]})"), R"(1: {"a":[1},{}]})");
  for (const std::string between : {" ", "; ", ":", "x,", "\"x\" ,:", ",x ", ",,x ", "/**/, "}) {
    const std::string rest = R"({"a":1})" + between + R"({"b":2},{}]})";
    EXPECT_EQ(brokenIn(R"({"data":[{},)" + rest), "1: " + rest);
  }
}

TEST(Outline, IsNoneWhereTheRestOfTheTextBreaks) {
  for (const char* text : {"",
                           " ",
                           "[]",
                           "{",
                           "{}",
                           R"({"data":1})",
                           R"({"data":[)",
                           R"({"data":[x y]})",
                           R"({"data":[,x y]})",
                           R"({"data":[{}],{}]})",
                           R"({"data":[{}] {}})",
                           R"({"data":[{}],,"a":1})",
                           R"({"data":[,)",
                           R"({"data":[)"
                           "}",
                           R"({"data":[]} x)",
                           R"({"data":[],"data":[]})",
                           R"({"a":"b,"data":[]})",
                           R"({"data":[],"a":[})",
                           R"({"data" []})",
                           R"({"data":[] "a":1})"}) {
    EXPECT_THAT(elementsOf(text), ElementsAre("none")) << text;
  }
}

// However a text is truncated or changed: no element is invented, and nothing is read past the end.
TEST(Outline, HoldsForEveryCutAndEveryByteChanged) {
  const std::string whole =
      R"({"data":[{"i":"a","x":[1,{"y":"\"z"}]},{"i":"b","x":null}],"pagination":{"has_more":false}})";
  const Outlined elements = elementsOf(whole);
  ASSERT_EQ(elements.size(), 2u);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const auto& element : elementsOf(whole.substr(0, at))) {
      EXPECT_TRUE(element == "none" || element == elements[0] || element == elements[1]) << at;
    }
    for (const char byte : std::string("\0\"\\{}[],:x\xff", 11)) {
      std::string changed = whole;
      changed[at] = byte;
      const auto outline = outlineOf(changed, "data");
      for (const std::string_view element :
           outline ? outline->elements : std::vector<std::string_view>()) {
        EXPECT_GE(element.data(), changed.data());
        EXPECT_LE(element.data() + element.size(), changed.data() + changed.size());
      }
    }
  }
}

TEST(Outline, OfProperties) {
  EXPECT_THAT(namesOf(R"({"a":1,"b" : {"c":NaN} ,"d":"x,y"})"),
              ElementsAre("\"a\"=1", R"("b"={"c":NaN})", R"("d"="x,y")"));
  EXPECT_THAT(namesOf(R"({"a":1,"b":"c,"d":2})"), ElementsAre("\"a\"=1"));
  EXPECT_THAT(namesOf(R"({"a":,"b":})"), ElementsAre("\"a\"=", "\"b\"="));
  EXPECT_THAT(namesOf(R"({"a":1 "b":2})"), IsEmpty());
  EXPECT_THAT(namesOf("[1]"), IsEmpty());
  EXPECT_THAT(namesOf("{}"), IsEmpty());
  EXPECT_THAT(namesOf(""), IsEmpty());
}

}  // namespace
}  // namespace heymilo::json
