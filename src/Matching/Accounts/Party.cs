namespace Matching.Accounts;

/// <summary>Who a deed is done by, in the words of the tables of states. Several may be meant at once.</summary>
[Flags]
public enum Party
{
    None = 0,

    /// <summary>居民: the one the wish is for, or a proxy who asks for them.</summary>
    Resident = 1,

    /// <summary>志愿者: the one who serves, or the captain of the team.</summary>
    Volunteer = 2,

    /// <summary>制单员</summary>
    Curator = 4,

    /// <summary>审核人: whoever looks at a draft a second time; any of the staff but its author.</summary>
    Reviewer = 8,

    /// <summary>调度员</summary>
    Dispatcher = 16,

    /// <summary>中心: settles what is disputed.</summary>
    Center = 32,

    /// <summary>A due-date came.</summary>
    Clock = 64,

    /// <summary>It follows by itself from another deed.</summary>
    System = 128,

    /// <summary>Anybody who works at the site or above it.</summary>
    Staff = Curator | Reviewer | Dispatcher | Center,
}

/// <summary>Which parties a role can stand for.</summary>
public static class Parties
{
    /// <summary>None for a platform admin, who runs the service and takes no part in it.</summary>
    public static Party Of(Role role) => role switch
    {
        Role.Resident or Role.Proxy => Party.Resident,
        Role.Volunteer or Role.Captain => Party.Volunteer,
        Role.Curator => Party.Curator | Party.Reviewer,
        Role.Dispatcher => Party.Dispatcher | Party.Reviewer,
        Role.SiteAdmin => Party.Curator | Party.Reviewer | Party.Dispatcher,
        Role.CenterAdmin => Party.Staff,
        _ => Party.None,
    };
}
