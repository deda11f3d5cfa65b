using Matching.Orders;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Demonstration;

/// <summary>What can be ordered in the demonstration county, and what people there can do.</summary>
public static class DemonstrationMenu
{
    /// <summary>Code, broader skill, names.</summary>
    public static readonly IReadOnlyList<(string Code, string? Broader, string Zh, string En)> Skills =
    [
        ("repair", null, "维修", "Repairs"),
        ("repair-electric", "repair", "电路", "Wiring"),
        ("repair-plumbing", "repair", "水暖", "Plumbing"),
        ("repair-appliance", "repair", "家电", "Appliances"),
        ("care", null, "照护", "Care"),
        ("care-elder", "care", "陪护老人", "Looking after the old"),
        ("care-child", "care", "照看儿童", "Looking after children"),
        ("care-escort", "care", "陪同就医", "Going along to hospital"),
        ("health", null, "医疗健康", "Health"),
        ("health-check", "health", "血压血糖测量", "Blood pressure and sugar"),
        ("health-first-aid", "health", "急救", "First aid"),
        ("teach", null, "教学", "Teaching"),
        ("teach-primary", "teach", "小学辅导", "Primary school tutoring"),
        ("teach-phone", "teach", "手机教学", "Showing how a phone works"),
        ("culture", null, "文艺", "Culture"),
        ("culture-dance", "culture", "舞蹈", "Dancing"),
        ("culture-song", "culture", "唱歌", "Singing"),
        ("culture-calligraphy", "culture", "书法", "Calligraphy"),
        ("theory-talk", null, "宣讲", "Giving talks"),
        ("science", null, "科普", "Science"),
        ("science-farm", "science", "农技", "Farming"),
        ("science-fire", "science", "消防科普", "Fire safety"),
        ("law", null, "法律", "Law"),
        ("law-advice", "law", "法律咨询", "Legal advice"),
        ("law-mediation", "law", "调解", "Mediation"),
        ("environment", null, "环保", "Environment"),
        ("environment-clean", "environment", "保洁", "Cleaning up"),
        ("environment-sort", "environment", "垃圾分类", "Sorting waste"),
        ("environment-trail", "environment", "步道巡护", "Watching trails"),
        ("life", null, "生活服务", "Daily life"),
        ("life-haircut", "life", "理发", "Hairdressing"),
        ("life-cooking", "life", "做饭", "Cooking"),
        ("life-errand", "life", "跑腿代办", "Errands"),
        ("life-driving", "life", "驾驶", "Driving"),
    ];

    public static readonly IReadOnlyList<(string Code, string Zh, string En)> Qualifications =
    [
        ("electrician", "低压电工证", "Electrician's certificate"),
        ("nurse", "护士执业证", "Nurse's licence"),
        ("first-aid", "救护员证", "First-aider's certificate"),
        ("lawyer", "律师执业证", "Lawyer's licence"),
        ("teacher", "教师资格证", "Teacher's certificate"),
        ("driver", "机动车驾驶证", "Driving licence"),
    ];

    public static readonly IReadOnlyList<Item> Items =
    [
        new("theory-courtyard-talk", TeamCategory.Theory, "屋场会宣讲", "Talk at a courtyard meeting", 90) { Urgency = Urgency.Scheduled, Skills = [("theory-talk", 2)] },
        new("theory-policy-visit", TeamCategory.Theory, "惠民政策入户讲解", "Explaining benefits at home", 60) { Wanted = 2, Skills = [("theory-talk", 1)] },
        new("culture-dance-class", TeamCategory.Culture, "广场舞教学", "Dance class on the square", 90)
        {
            Urgency = Urgency.Scheduled, Wanted = 2, Skills = [("culture-dance", 2)],
        },
        new("culture-festival", TeamCategory.Culture, "节庆文艺演出", "Show on a holiday", 120)
        {
            Urgency = Urgency.Scheduled, Risk = Risk.Medium, Mode = DispatchMode.Team, Wanted = 6, Needed = 4, Minors = true, Skills = [("culture", 1)],
        },
        new("culture-couplets", TeamCategory.Culture, "义写春联", "Writing couplets", 120) { Urgency = Urgency.Scheduled, Wanted = 2, Skills = [("culture-calligraphy", 2)] },
        new("education-homework", TeamCategory.Education, "课后作业辅导", "Help with homework", 90)
        {
            Risk = Risk.Medium, Gender = true, Skills = [("teach-primary", 2)], Qualifications = ["teacher"],
        },
        new("education-phone", TeamCategory.Education, "教用智能手机", "Showing how a phone works", 60) { Curated = false, Minors = true, Skills = [("teach-phone", 1)] },
        new("education-child-company", TeamCategory.Education, "留守儿童陪伴", "Company for a child left behind", 120) { Risk = Risk.Medium, Gender = true, Skills = [("care-child", 1)] },
        new("health-blood-pressure", TeamCategory.Health, "上门量血压", "Blood pressure at home", 45) { Skills = [("health-check", 2)], Qualifications = ["nurse"] },
        new("health-escort", TeamCategory.Health, "陪同就医", "Going along to hospital", 180) { Risk = Risk.Medium, Gender = true, Language = true, Skills = [("care-escort", 1)] },
        new("health-first-aid-class", TeamCategory.Health, "急救知识培训", "First-aid class", 120)
        {
            Urgency = Urgency.Scheduled, Wanted = 2, Skills = [("health-first-aid", 2)], Qualifications = ["first-aid"],
        },
        new("science-farm-advice", TeamCategory.Science, "农技指导", "Advice on farming", 120) { Skills = [("science-farm", 2)] },
        new("science-fire-check", TeamCategory.Science, "用火用电安全检查", "Fire safety at home", 60) { Wanted = 2, Skills = [("science-fire", 1)] },
        new("law-advice", TeamCategory.Law, "法律咨询", "Legal advice", 60) { Skills = [("law-advice", 2)], Qualifications = ["lawyer"] },
        new("law-mediation", TeamCategory.Law, "邻里纠纷调解", "Mediation between neighbours", 90) { Risk = Risk.Medium, Wanted = 2, Skills = [("law-mediation", 2)] },
        new("environment-courtyard", TeamCategory.Environment, "屋场清洁", "Cleaning up a courtyard", 120)
        {
            Urgency = Urgency.Scheduled, Mode = DispatchMode.Broadcast, Wanted = 8, Needed = 4, Minors = true, Skills = [("environment-clean", 1)],
        },
        new("environment-sorting", TeamCategory.Environment, "垃圾分类指导", "Showing how to sort waste", 60) { Wanted = 2, Minors = true, Skills = [("environment-sort", 1)] },
        new("environment-trail", TeamCategory.Environment, "景区步道巡护", "Watching the trails", 180)
        {
            Urgency = Urgency.Scheduled, Risk = Risk.Medium, Wanted = 3, Needed = 2, Insured = true, Skills = [("environment-trail", 1)],
        },
        new("help-light-bulb", TeamCategory.HelpInNeed, "换灯泡", "Changing a light bulb", 30) { Curated = false, Skills = [("repair", 1)] },
        new("help-tap", TeamCategory.HelpInNeed, "修水龙头", "Mending a tap", 60) { Curated = false, Urgency = Urgency.Urgent, Skills = [("repair-plumbing", 1)] },
        new("help-wiring", TeamCategory.HelpInNeed, "线路检修", "Mending the wiring", 90)
        {
            Urgency = Urgency.Urgent, Risk = Risk.High, Insured = true, Skills = [("repair-electric", 3)], Qualifications = ["electrician"],
        },
        new("help-haircut", TeamCategory.HelpInNeed, "上门理发", "Haircut at home", 45) { Curated = false, Gender = true, Skills = [("life-haircut", 1)] },
        new("help-errand", TeamCategory.HelpInNeed, "代买代办", "Errands", 60) { Curated = false, Skills = [("life-errand", 1)] },
        new("help-look-in", TeamCategory.HelpInNeed, "紧急上门探视", "Looking in at once", 30) { Curated = false, Urgency = Urgency.Critical, Language = true, Skills = [("care-elder", 1)] },
        new("local-guide", TeamCategory.Local, "景区文明引导", "Guiding visitors", 180) { Urgency = Urgency.Scheduled, Wanted = 4, Needed = 2, Minors = true, Skills = [("life", 1)] },
    ];

    /// <summary>What kind of people there are; the county has as many of each.</summary>
    public static readonly IReadOnlyList<Kind> Kinds =
    [
        new([("repair-electric", 3), ("repair-appliance", 2)], ["electrician"], Insured: true, Hours.Evenings),
        new([("health-check", 3), ("care-elder", 2), ("care-escort", 2)], ["nurse", "first-aid"], Insured: false, Hours.Weekend),
        new([("repair-plumbing", 3), ("repair-electric", 1)], [], Insured: true, Hours.Daytime),
        new([("teach-primary", 3), ("teach-phone", 2)], ["teacher"], Insured: false, Hours.Evenings),
        new([("teach-phone", 2), ("environment-clean", 1), ("life-errand", 1)], [], Insured: false, Hours.Weekend),
        new([("theory-talk", 3), ("law-mediation", 2)], [], Insured: false, Hours.Daytime),
        new([("culture-dance", 3), ("culture-song", 2), ("care-child", 1)], [], Insured: false, Hours.Daytime),
        new([("culture-calligraphy", 3), ("teach-primary", 1)], [], Insured: false, Hours.Daytime),
        new([("science-farm", 3), ("environment-trail", 2), ("environment-clean", 1)], [], Insured: true, Hours.Daytime),
        new([("law-advice", 3), ("law-mediation", 2), ("theory-talk", 1)], ["lawyer"], Insured: false, Hours.Weekend),
        new([("science-fire", 3), ("health-first-aid", 2)], ["first-aid"], Insured: true, Hours.Evenings),
        new([("life-haircut", 3), ("life-errand", 1)], [], Insured: false, Hours.Daytime),
        new([("life-driving", 2), ("life-errand", 2), ("care-escort", 1)], ["driver"], Insured: true, Hours.Always),
        new([("life-cooking", 2), ("care-elder", 2), ("care-child", 2), ("environment-sort", 2)], [], Insured: false, Hours.Always),
        new([("environment-clean", 2), ("environment-sort", 1), ("repair-appliance", 1)], [], Insured: false, Hours.Evenings),
    ];

    /// <summary>When somebody has time.</summary>
    public enum Hours
    {
        /// <summary>After work, and at the weekend.</summary>
        Evenings,

        Weekend,

        /// <summary>Retired, or working at home.</summary>
        Daytime,

        /// <summary>Every day from early to late.</summary>
        Always,
    }

    /// <summary>One line of the menu; what is not said is usual.</summary>
    public sealed record Item(string Code, TeamCategory Category, string Zh, string En, int Minutes)
    {
        public int Wanted { get; init; } = 1;

        public int Needed { get; init; } = 1;

        public Risk Risk { get; init; } = Risk.Low;

        public Urgency Urgency { get; init; } = Urgency.Normal;

        public DispatchMode Mode { get; init; } = DispatchMode.Wave;

        public bool Curated { get; init; } = true;

        public bool Minors { get; init; }

        public bool Insured { get; init; }

        public bool Gender { get; init; }

        public bool Language { get; init; }

        public IReadOnlyList<(string Code, int Level)> Skills { get; init; } = [];

        public IReadOnlyList<string> Qualifications { get; init; } = [];
    }

    /// <summary>People who can do the same things.</summary>
    public sealed record Kind(IReadOnlyList<(string Code, int Level)> Skills, IReadOnlyList<string> Qualifications, bool Insured, Hours Hours);
}
