using Matching.Geography;

namespace Matching.Assignments;

/// <summary>By what it is known that somebody came or went.</summary>
public enum PresenceMethod
{
    /// <summary>服务码和定位</summary>
    CodeAndPlace,

    /// <summary>服务码</summary>
    ServiceCode,

    /// <summary>定位</summary>
    Geofence,

    /// <summary>组织者代签</summary>
    Organiser,

    /// <summary>到时自动签退</summary>
    Clock,

    /// <summary>无凭据: they left, and that is all that is known.</summary>
    Unproved,
}

/// <summary>What somebody shows for being there.</summary>
/// <param name="CodeMatches">Whether the service code that they typed is the order's; null when they typed none.</param>
/// <param name="Fence">Where the place that they reported lies; null when they reported none. Too vague a place is no proof, and no lie.</param>
/// <param name="Organiser">An organiser vouches for them, under the organiser's own name.</param>
public readonly record struct Presence(bool? CodeMatches = null, GeofenceAnswer? Fence = null, bool Organiser = false)
{
    /// <summary>The best of what was shown; the organiser's name stands beside it in any case.</summary>
    public PresenceMethod Method => this switch
    {
        { CodeMatches: true, Fence: GeofenceAnswer.Inside } => PresenceMethod.CodeAndPlace,
        { CodeMatches: true } => PresenceMethod.ServiceCode,
        { Organiser: true } => PresenceMethod.Organiser,
        { Fence: GeofenceAnswer.Inside } => PresenceMethod.Geofence,
        _ => PresenceMethod.Unproved,
    };

    /// <summary>What it is worth, or why it does not do. A wrong code is always refused, or codes could be guessed beside a good place.</summary>
    public Outcome<EvidenceGrade> Grade() => this switch
    {
        { CodeMatches: false } => Refusals.ServiceCodeWrong,
        { CodeMatches: true, Fence: GeofenceAnswer.Inside } => EvidenceGrade.A,
        { CodeMatches: true } => EvidenceGrade.B,
        { Organiser: true, Fence: GeofenceAnswer.Inside } => EvidenceGrade.B,
        { Organiser: true } => EvidenceGrade.D,
        { Fence: GeofenceAnswer.Inside } => EvidenceGrade.C,
        { Fence: GeofenceAnswer.Outside } => Refusals.NotWithinGeofence,
        _ => Refusals.PresenceNotShown,
    };
}
