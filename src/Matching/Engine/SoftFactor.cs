namespace Matching.Engine;

/// <summary>What makes one fitting volunteer better than another. Each is worth 0 to 1; the formulas stand in SoftFactors.</summary>
public enum SoftFactor
{
    /// <summary>技能等级与贴近度: how well, and how exactly, the skills asked for are held.</summary>
    Skill,

    /// <summary>距离: how near.</summary>
    Distance,

    /// <summary>时间余量: how much free time there is around the window.</summary>
    Slack,

    /// <summary>守信: says yes, comes, comes on time.</summary>
    Reliability,

    /// <summary>口碑: what residents say.</summary>
    Rating,

    /// <summary>轮换: has had few orders lately, and the last one long ago.</summary>
    Rotation,

    /// <summary>连续: is paired with this resident, or has served them before.</summary>
    Continuity,

    /// <summary>毛遂自荐: said "pick me".</summary>
    PickMe,
}
