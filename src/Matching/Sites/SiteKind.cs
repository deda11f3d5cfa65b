namespace Matching.Sites;

/// <summary>What a site is. Centers, institutes and stations own orders; bases and points are venues under one of them.</summary>
public enum SiteKind
{
    /// <summary>中心: the county, and the tenant.</summary>
    Center,

    /// <summary>所: a township or street.</summary>
    Institute,

    /// <summary>站: a village or community.</summary>
    Station,

    /// <summary>基地: a venue.</summary>
    Base,

    /// <summary>点: a venue.</summary>
    Point,
}
