#include "testing/server/state/person.hpp"

#include <array>

#include "testing/server/state/luck.hpp"

namespace heymilo::testing::detail {

namespace {

struct Name {
  const char* text;
  const char* mailbox;
};

constexpr std::array kGivenNames = {
    Name{"Ada", "ada"},
    Name{"Bjørn", "bjorn"},
    Name{"Chiamaka", "chiamaka"},
    Name{"Dóra", "dora"},
    Name{"Émilie", "emilie"},
    Name{"Fatima", "fatima"},
    Name{"Gülşen", "gulsen"},
    Name{"Håkon", "hakon"},
    Name{"İlker", "ilker"},
    Name{"Jean-Luc", "jeanluc"},
    Name{"Κασσάνδρα", "kassandra"},
    Name{"Łucja", "lucja"},
    Name{"Mei-Ling", "meiling"},
    Name{"Nguyệt", "nguyet"},
    Name{"Ольга", "olga"},
    Name{"Priya", "priya"},
    Name{"قيس", "qays"},
    Name{"Řehoř", "rehor"},
    Name{"Siobhán", "siobhan"},
    Name{"太郎", "taro"},
    Name{"Ulaş", "ulas"},
    Name{"Vigdís", "vigdis"},
    Name{"Wren", "wren"},
    Name{"Zoë", "zoe"},
};

constexpr std::array kFamilyNames = {
    Name{"Examplesson", "examplesson"},
    Name{"Fictionnelle", "fictionnelle"},
    Name{"Mock-Candidate", "mockcandidate"},
    Name{"O'Sample", "osample"},
    Name{"Περίπτωση", "periptosi"},
    Name{"Placeholdersdóttir", "placeholdersdottir"},
    Name{"Примерова", "primerova"},
    Name{"de la Prueba y Ensayo", "delaprueba"},
    Name{"Przykładowska", "przykladowska"},
    Name{"Specimen", "specimen"},
    Name{"Teszt", "teszt"},
    Name{"von und zu Beispielhausen-Musterstadt", "beispielhausen"},
    Name{"例田", "reida"},
    Name{"예시", "yesi"},
};

constexpr std::array kCities = {"Reykjavík", "São Paulo", "Nairobi", "大阪", "Łódź", "Halifax"};
constexpr std::array kSources = {"referral", "careers-page", "job-board", "event"};

std::string quoted(const std::string& text) { return '"' + text + '"'; }

}  // namespace

Person generatePerson(std::uint64_t number) {
  Luck luck(scramble(number));
  const Name& given = kGivenNames[luck.below(kGivenNames.size())];
  const Name& family = kFamilyNames[luck.below(kFamilyNames.size())];
  Person person;
  person.name = std::string(given.text) + ' ' + family.text;
  person.email =
      std::string(given.mailbox) + '.' + family.mailbox + '.' + hex(number) + "@example.com";
  if (luck.happens(0.8)) {
    person.metadata = "{\"source\":" + quoted(kSources[luck.below(kSources.size())]) +
                      ",\"external_id\":" + quoted("ext-" + hex(number)) + '}';
  }
  if (luck.happens(0.6)) {
    person.data = "{\"city\":" + quoted(kCities[luck.below(kCities.size())]) +
                  ",\"years_of_experience\":" + std::to_string(luck.below(40)) +
                  ",\"languages\":[\"en\",\"is\"],\"address\":{\"country\":null}}";
  }
  return person;
}

}  // namespace heymilo::testing::detail
