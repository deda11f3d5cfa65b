namespace Matching.Wishes;

/// <summary>How much of a hurry there is; the policy gives each its own clocks.</summary>
public enum Urgency
{
    /// <summary>特急</summary>
    Critical,

    /// <summary>紧急</summary>
    Urgent,

    /// <summary>一般</summary>
    Normal,

    /// <summary>预约</summary>
    Scheduled,
}
