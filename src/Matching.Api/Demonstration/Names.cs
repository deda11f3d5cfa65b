using Matching.Volunteers;

namespace Matching.Api.Demonstration;

/// <summary>Made-up people and places. The townships carry the names of the district; communities, villages and everybody in them are invented.</summary>
public static class Names
{
    /// <summary>Township, latitude, longitude (WGS-84), and its communities and villages.</summary>
    public static readonly IReadOnlyList<(string Name, double Lat, double Lng, string[] Stations)> Institutes =
    [
        ("军地坪街道", 29.3480, 110.5480, ["溪畔社区", "桂花社区", "文庙社区", "长桥社区", "南门社区", "新市社区", "茶园社区"]),
        ("锣鼓塔街道", 29.3160, 110.4400, ["松林社区", "金竹社区", "石门社区", "百丈社区"]),
        ("协合乡", 29.3900, 110.6000, ["宝月村", "李家岗村", "杨柳村", "双溪村", "龙尾村", "土地坪村"]),
        ("中湖乡", 29.3950, 110.3900, ["鱼泉村", "青龙村", "檀木村", "三家湾村", "野竹坪村", "石佛村"]),
        ("天子山街道", 29.4100, 110.4800, ["云顶村", "泗水村", "向家台村", "黄石坪村"]),
        ("索溪峪街道", 29.3700, 110.5300, ["喻家桥社区", "河口社区", "吴家坪村", "双星村", "金杏村", "岩门村"]),
    ];

    private static readonly string[] Surnames =
    [
        "覃", "向", "田", "彭", "吴", "王", "李", "张", "刘", "杨", "陈", "周", "龚", "毛", "卓", "朱", "胡", "唐", "邓", "罗", "符", "杜", "袁", "熊", "赵", "莫",
    ];

    private static readonly string[] Women =
    [
        "桂", "英", "玉", "兰", "梅", "秀", "春", "莲", "菊", "芳", "红", "燕", "霞", "琴", "慧", "静", "丽", "娟", "敏", "蓉", "月", "翠", "雪", "婷", "萍", "银",
    ];

    private static readonly string[] Men =
    [
        "国", "建", "明", "军", "平", "勇", "志", "文", "华", "林", "生", "强", "松", "永", "清", "武", "正", "良", "成", "远", "山", "石", "斌", "康", "宏", "兴",
    ];

    private static readonly string[] Either = ["大", "小", "金", "世", "先", "孝", "祖", "胜", "友", "光", "元", "家", "顺", "德", "安", "忠"];

    public static string Person(Random random, Gender gender)
    {
        var own = gender == Gender.Female ? Women : Men;
        var given = random.Next(4) switch
        {
            0 => Pick(random, own),
            1 => Pick(random, Either) + Pick(random, own),
            _ => Pick(random, own) + Pick(random, own),
        };
        return Pick(random, Surnames) + given;
    }

    /// <summary>Passes the checksum and belongs to nobody: the district 430899 does not exist.</summary>
    public static string IdNumber(int number, DateOnly born, Gender gender)
    {
        var seventeen = $"430899{born:yyyyMMdd}{number % 450 * 2 + (gender == Gender.Male ? 1 : 0):000}";
        return seventeen + Matching.Volunteers.IdNumber.CheckCharacter(seventeen);
    }

    public static T Pick<T>(Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
