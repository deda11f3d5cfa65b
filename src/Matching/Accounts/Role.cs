namespace Matching.Accounts;

/// <summary>What a hat lets its wearer do. Staff roles are held at a site and reach its subtree, no further.</summary>
public enum Role
{
    /// <summary>居民</summary>
    Resident,

    /// <summary>代点人: asks for residents; held at a site.</summary>
    Proxy,

    /// <summary>志愿者</summary>
    Volunteer,

    /// <summary>队长</summary>
    Captain,

    /// <summary>制单员</summary>
    Curator,

    /// <summary>调度员</summary>
    Dispatcher,

    /// <summary>站所管理员</summary>
    SiteAdmin,

    /// <summary>中心管理员</summary>
    CenterAdmin,

    /// <summary>平台管理员</summary>
    PlatformAdmin,
}
