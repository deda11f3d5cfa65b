namespace Matching.Volunteers;

/// <summary>What a team, and an item of the menu, is for: the eight of every center, and those that a center adds of its own.</summary>
public enum TeamCategory
{
    /// <summary>理论宣讲</summary>
    Theory,

    /// <summary>文化文艺</summary>
    Culture,

    /// <summary>助学支教</summary>
    Education,

    /// <summary>医疗健身</summary>
    Health,

    /// <summary>科学普及</summary>
    Science,

    /// <summary>法律服务</summary>
    Law,

    /// <summary>卫生环保</summary>
    Environment,

    /// <summary>扶危帮困</summary>
    HelpInNeed,

    /// <summary>本地特色: whatever the center adds.</summary>
    Local,
}
