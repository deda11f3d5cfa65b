namespace Matching.Volunteers;

/// <summary>Where a volunteer stands with us.</summary>
public enum VolunteerStatus
{
    /// <summary>已注册: signed up, not yet approved.</summary>
    Registered,

    /// <summary>在册: may be asked.</summary>
    Active,

    /// <summary>暂停: not asked until resumed.</summary>
    Suspended,

    /// <summary>已退出: left; may come back and is approved anew.</summary>
    Left,
}

/// <summary>The moves between them; every other move is refused with a code.</summary>
public static class VolunteerMoves
{
    /// <summary>Registered → Active; the real name must have been checked.</summary>
    public static Outcome<VolunteerStatus> Approve(this VolunteerStatus status, bool realNameVerified) => status switch
    {
        VolunteerStatus.Registered when !realNameVerified => Refusals.RealNameNotVerified,
        VolunteerStatus.Registered => VolunteerStatus.Active,
        VolunteerStatus.Left => Refusals.VolunteerHasLeft,
        _ => Refusals.VolunteerAlreadyApproved,
    };

    /// <summary>Active → Suspended.</summary>
    public static Outcome<VolunteerStatus> Suspend(this VolunteerStatus status) => status switch
    {
        VolunteerStatus.Active => VolunteerStatus.Suspended,
        VolunteerStatus.Left => Refusals.VolunteerHasLeft,
        _ => Refusals.VolunteerNotActive,
    };

    /// <summary>Suspended → Active.</summary>
    public static Outcome<VolunteerStatus> Resume(this VolunteerStatus status) => status switch
    {
        VolunteerStatus.Suspended => VolunteerStatus.Active,
        VolunteerStatus.Left => Refusals.VolunteerHasLeft,
        _ => Refusals.VolunteerNotSuspended,
    };

    /// <summary>Anything but Left → Left; promised service is given back first.</summary>
    public static Outcome<VolunteerStatus> Leave(this VolunteerStatus status, int openAssignments) => status switch
    {
        VolunteerStatus.Left => Refusals.VolunteerHasLeft,
        _ when openAssignments > 0 => Refusals.VolunteerHasAssignments,
        _ => VolunteerStatus.Left,
    };

    /// <summary>Left → Registered: one person is registered once, so who comes back finds the old record.</summary>
    public static Outcome<VolunteerStatus> Return(this VolunteerStatus status) =>
        status == VolunteerStatus.Left ? VolunteerStatus.Registered : Refusals.VolunteerHasNotLeft;
}
