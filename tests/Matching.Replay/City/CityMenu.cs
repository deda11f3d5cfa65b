using Matching.Orders;
using Matching.Replay.Playing;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Replay.City;

/// <summary>A type of request as an item of a menu: what it takes, and how soon.</summary>
/// <param name="Type">As the city calls it.</param>
/// <param name="Skill">Code of the skill that it takes, if any, and the level.</param>
/// <param name="Qualification">Code of the qualification that it takes, if any.</param>
public sealed record CityItem(
    string Type, string Code, TeamCategory Category, string NameZh, string NameEn, int Minutes, int Wanted, int Needed, Risk Risk, Urgency Urgency,
    bool NeedsCuration, string? Skill = null, int Level = 1, string? Qualification = null, bool Insured = false, DispatchMode Mode = DispatchMode.Wave,
    bool MayAskGender = false)
{
    /// <summary>When it should be served, made up from type and luck: between seven in the morning and six in the evening where there is time for that.</summary>
    public Window WindowOf(CityRequest request, Chance chance) => WindowOf(request, Urgency, chance);

    /// <summary>The same for a request that is more urgent than its item is as a rule.</summary>
    public Window WindowOf(CityRequest request, Urgency urgency, Chance chance)
    {
        var (wall, day) = (TimeZoneInfo.ConvertTime(request.At, CityRequest.Zone), LocalTime.DayOf(request.At, CityRequest.Zone));
        if (urgency == Urgency.Critical)
        {
            return From(Quarter(request.At + chance.Time(request.Number + " how soon", TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(95))));
        }

        var days = urgency switch
        {
            Urgency.Urgent => wall.Hour < 12 ? 0 : 1,
            Urgency.Normal => chance.Whole(request.Number + " which day", 1, 6),
            _ => chance.Whole(request.Number + " which day", 4, 8),
        };
        var first = days == 0 ? wall.Hour + 3 : 8;
        var hour = chance.Whole(request.Number + " which hour", first, 18);
        return From(LocalTime.At(day.AddDays(days), new TimeOnly(hour, chance.Is(request.Number + " half past", 0.5) ? 30 : 0), CityRequest.Zone));
    }

    private Window From(DateTimeOffset start) => new(start, start.AddMinutes(Minutes));

    private static DateTimeOffset Quarter(DateTimeOffset at) => at.AddTicks(TimeSpan.FromMinutes(15).Ticks - at.UtcTicks % TimeSpan.FromMinutes(15).Ticks);
}

/// <summary>The city's twelve types of request as a menu: some to be looked at first, of every urgency and risk.</summary>
public static class CityMenu
{
    public static readonly IReadOnlyList<CityItem> Items =
    [
        new("Bulky Items", "bulky-items", TeamCategory.Environment, "大件清运", "Bulky items", 60, 2, 1, Risk.Low, Urgency.Normal, false, "lifting"),
        new("Graffiti Removal", "graffiti", TeamCategory.Environment, "清除涂鸦", "Graffiti removal", 90, 2, 1, Risk.Low, Urgency.Scheduled, false, "painting"),
        new("Illegal Dumping Pickup", "dumping", TeamCategory.Environment, "清理乱倒垃圾", "Illegal dumping", 60, 3, 2, Risk.Medium, Urgency.Urgent, true),
        new("Metal/Household Appliances", "appliances", TeamCategory.Environment, "旧家电搬运", "Household appliances", 60, 2, 2, Risk.Low, Urgency.Normal, false, "lifting", 2),
        new("Electronic Waste", "e-waste", TeamCategory.Environment, "电子废物回收", "Electronic waste", 45, 1, 1, Risk.Low, Urgency.Normal, false, Mode: DispatchMode.Direct),
        new("Homeless Encampment", "outreach", TeamCategory.HelpInNeed, "街头关怀", "Street outreach", 120, 3, 2, Risk.Medium, Urgency.Urgent, true, "listening",
            Qualification: "first-aid", MayAskGender: true),
        new("Dead Animal Removal", "dead-animal", TeamCategory.Health, "动物尸体处理", "Dead animal removal", 45, 1, 1, Risk.Low, Urgency.Critical, false, "animals"),
        new("Other", "other", TeamCategory.Local, "其他", "Other", 60, 1, 1, Risk.Low, Urgency.Normal, true, MayAskGender: true),
        new("Single Streetlight Issue", "streetlight", TeamCategory.Science, "路灯报修陪同", "Streetlight", 60, 1, 1, Risk.High, Urgency.Normal, true, "wiring", 2,
            "electrician", true),
        new("Multiple Streetlight Issue", "streetlights", TeamCategory.Science, "多盏路灯报修", "Several streetlights", 120, 2, 1, Risk.High, Urgency.Scheduled, true,
            "electricity", 2, "electrician", true),
        new("Report Water Waste", "water", TeamCategory.Environment, "漏水查看", "Water waste", 45, 1, 1, Risk.Low, Urgency.Urgent, false, Mode: DispatchMode.Broadcast),
        new("Feedback", "feedback", TeamCategory.Theory, "意见回访", "Feedback visit", 30, 1, 1, Risk.Low, Urgency.Scheduled, true, "listening", MayAskGender: true),
    ];

    /// <summary>Code, broader skill, names. Who can wire a lamp counts as somebody who knows about electricity.</summary>
    public static readonly IReadOnlyList<(string Code, string? Broader, string NameZh, string NameEn)> Skills =
    [
        ("lifting", null, "搬运", "Lifting"),
        ("painting", null, "粉刷", "Painting"),
        ("listening", null, "倾听", "Listening"),
        ("animals", null, "动物处理", "Animals"),
        ("electricity", null, "电工", "Electricity"),
        ("wiring", "electricity", "布线", "Wiring"),
    ];

    public static readonly IReadOnlyList<(string Code, string NameZh, string NameEn)> Qualifications = [("first-aid", "急救证", "First aid"), ("electrician", "电工证", "Electrician")];

    public static CityItem Of(string type) => Items.FirstOrDefault(item => item.Type == type) ?? Items.First(item => item.Type == "Other");
}
