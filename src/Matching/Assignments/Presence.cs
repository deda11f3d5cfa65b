using Matching.Geography;

namespace Matching.Assignments;

/// <summary>What somebody shows for being there.</summary>
/// <param name="CodeMatches">Whether the service code that they typed is the order's; null when they typed none.</param>
/// <param name="Fence">Where the place that they reported lies; null when they reported none. Too vague a place is no proof, and no lie.</param>
/// <param name="Organiser">An organiser vouches for them, under the organiser's own name.</param>
public readonly record struct Presence(bool? CodeMatches = null, GeofenceAnswer? Fence = null, bool Organiser = false)
{
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
