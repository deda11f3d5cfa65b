using System.Globalization;
using System.Text.Json;
using Matching.Replay.Playing;
using Matching.Volunteers;

namespace Matching.Replay.People;

/// <summary>Made-up people: names put together from lists of parts, id numbers and phones that are valid and nobody's.</summary>
public sealed class Names
{
    private readonly Chance _chance;
    private readonly IReadOnlyList<string> _last;
    private readonly IReadOnlyList<string> _female;
    private readonly IReadOnlyList<string> _male;

    private readonly int _block;

    private Names(Chance chance, IReadOnlyList<string> last, IReadOnlyList<string> female, IReadOnlyList<string> male) =>
        (_chance, _last, _female, _male, _block) = (chance, last, female, male, chance.Whole("the first phone", 0, 9_000) * 10_000);

    /// <summary>Reads the lists where they lie, beside the file of requests; without them a few common names do.</summary>
    public static Names Read(Chance chance, string requestsFile)
    {
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(requestsFile))!, "..", "name_lists", "faker_zh_CN_names.json");
        if (!File.Exists(file))
        {
            return new Names(chance, ["王", "李", "张", "刘", "陈", "杨", "赵", "黄"], ["秀英", "桂兰", "玉梅", "晓燕"], ["建国", "志强", "德明", "海涛"]);
        }

        using var lists = JsonDocument.Parse(File.ReadAllText(file));
        var first = lists.RootElement.GetProperty("first_name");
        var generic = Texts(first.GetProperty("generic"));
        return new Names(chance, Texts(lists.RootElement.GetProperty("last_name").GetProperty("generic")), [.. Texts(first.GetProperty("female")), .. generic], generic);
    }

    public string Name(string key, Gender gender) => _chance.One(key + " surname", _last) + _chance.One(key + " given name", gender == Gender.Female ? _female : _male);

    public Gender GenderOf(string key) => _chance.Is(key + " is a woman", 0.6) ? Gender.Female : Gender.Male;

    /// <summary>An adult's by the end of 2017. The number of the person is in it, so that no two are the same.</summary>
    public string IdNumber(string key, int number, Gender gender)
    {
        var born = new DateOnly(1942, 1, 1).AddDays(_chance.Whole(key + " born", 0, 365 * 56));
        var sequence = number % 500 * 2 % 1000 + (gender == Gender.Male ? 1 : 0);
        var region = 110101 + number / 500 % 17 * 100;
        var seventeen = string.Create(CultureInfo.InvariantCulture, $"{region:000000}{born:yyyyMMdd}{sequence:000}");
        return seventeen + Matching.Volunteers.IdNumber.CheckCharacter(seventeen);
    }

    /// <summary>A mainland mobile; the number after 199 counts on from one that the seed says, so that towns on one server share none.</summary>
    public string Phone(int number) => string.Create(CultureInfo.InvariantCulture, $"199{(_block + number) % 100_000_000:00000000}");

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];
}
