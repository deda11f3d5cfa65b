namespace Matching.Engine;

/// <summary>What a volunteer must be before they may be asked, in the order in which it is asked. <see cref="HardRules"/> decides each.</summary>
public enum HardRule
{
    /// <summary>属于本单所在站点或联盟</summary>
    InPool,

    /// <summary>在册且已实名</summary>
    ActiveAndRealName,

    /// <summary>未被暂停</summary>
    NotSuspended,

    /// <summary>已成年，或允许未成年且有人陪同</summary>
    OfAge,

    /// <summary>具备所需技能与等级</summary>
    Skills,

    /// <summary>资质在服务期间有效</summary>
    Qualifications,

    /// <summary>按风险要求已投保</summary>
    Insured,

    /// <summary>整个服务时段有空</summary>
    Available,

    /// <summary>与其他服务不冲突（含路程）</summary>
    NoOverlap,

    /// <summary>未超过每周和每日上限</summary>
    BelowLimits,

    /// <summary>在服务半径内</summary>
    WithinRadius,

    /// <summary>双方均未屏蔽对方</summary>
    NotBlocked,

    /// <summary>符合居民指定的语言或性别</summary>
    LanguageAndGender,

    /// <summary>此单尚未邀约过</summary>
    NotAlreadyAsked,
}

/// <summary>What each rule is called, on the wire and on the screen.</summary>
public static class HardRuleNames
{
    /// <summary>Stable; part of the API.</summary>
    public static string Code(this HardRule rule) => rule switch
    {
        HardRule.InPool => "in_pool",
        HardRule.ActiveAndRealName => "active_real_name",
        HardRule.NotSuspended => "not_suspended",
        HardRule.OfAge => "of_age",
        HardRule.Skills => "skills",
        HardRule.Qualifications => "qualifications",
        HardRule.Insured => "insured",
        HardRule.Available => "available",
        HardRule.NoOverlap => "no_overlap",
        HardRule.BelowLimits => "below_limits",
        HardRule.WithinRadius => "within_radius",
        HardRule.NotBlocked => "not_blocked",
        HardRule.LanguageAndGender => "language_gender",
        HardRule.NotAlreadyAsked => "not_already_asked",
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    public static string Zh(this HardRule rule) => rule switch
    {
        HardRule.InPool => "属于本单所在站点或联盟",
        HardRule.ActiveAndRealName => "在册且已实名",
        HardRule.NotSuspended => "未被暂停",
        HardRule.OfAge => "已成年，或允许未成年且有人陪同",
        HardRule.Skills => "具备所需技能与等级",
        HardRule.Qualifications => "资质在服务期间有效",
        HardRule.Insured => "按风险要求已投保",
        HardRule.Available => "整个服务时段有空",
        HardRule.NoOverlap => "与其他服务不冲突（含路程）",
        HardRule.BelowLimits => "未超过每周和每日上限",
        HardRule.WithinRadius => "在服务半径内",
        HardRule.NotBlocked => "双方均未屏蔽对方",
        HardRule.LanguageAndGender => "符合居民指定的语言或性别",
        HardRule.NotAlreadyAsked => "此单尚未邀约过",
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    public static string En(this HardRule rule) => rule switch
    {
        HardRule.InPool => "in the pool of the owner's subtree or its federation",
        HardRule.ActiveAndRealName => "active and real-name",
        HardRule.NotSuspended => "not suspended",
        HardRule.OfAge => "of age, or accompanied where the item allows minors",
        HardRule.Skills => "required skills, with level",
        HardRule.Qualifications => "qualifications valid over the window",
        HardRule.Insured => "insured where the risk asks for it",
        HardRule.Available => "available over the whole window",
        HardRule.NoOverlap => "no other assignment overlapping it, travel time included",
        HardRule.BelowLimits => "below weekly and daily limits",
        HardRule.WithinRadius => "within radius",
        HardRule.NotBlocked => "not blocked by either side",
        HardRule.LanguageAndGender => "language or gender where the resident asked and the item allows asking",
        HardRule.NotAlreadyAsked => "not already asked for this order",
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    /// <summary>The no that follows when the rule is broken at acceptance or at check-in: <c>rule_broken_</c> and the rule's code.</summary>
    public static Refusal Refusal(this HardRule rule) => rule switch
    {
        HardRule.InPool => Refusals.BrokenInPool,
        HardRule.ActiveAndRealName => Refusals.BrokenActiveAndRealName,
        HardRule.NotSuspended => Refusals.BrokenNotSuspended,
        HardRule.OfAge => Refusals.BrokenOfAge,
        HardRule.Skills => Refusals.BrokenSkills,
        HardRule.Qualifications => Refusals.BrokenQualifications,
        HardRule.Insured => Refusals.BrokenInsured,
        HardRule.Available => Refusals.BrokenAvailable,
        HardRule.NoOverlap => Refusals.BrokenNoOverlap,
        HardRule.BelowLimits => Refusals.BrokenBelowLimits,
        HardRule.WithinRadius => Refusals.BrokenWithinRadius,
        HardRule.NotBlocked => Refusals.BrokenNotBlocked,
        HardRule.LanguageAndGender => Refusals.BrokenLanguageAndGender,
        HardRule.NotAlreadyAsked => Refusals.BrokenNotAlreadyAsked,
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    public static bool TryParse(string? code, out HardRule rule)
    {
        foreach (var known in HardRules.InOrder)
        {
            if (known.Code() == code)
            {
                rule = known;
                return true;
            }
        }

        rule = default;
        return false;
    }
}
