namespace Matching.Assignments;

/// <summary>What somebody shows for being there. Null means not shown, or not usable: a place too vague to tell is no proof and no lie.</summary>
/// <param name="CodeMatches">Whether the service code that they typed is the order's.</param>
/// <param name="InGeofence">Whether the place that they reported is near enough, its accuracy allowed for.</param>
/// <param name="Organiser">An organiser vouches for them, under the organiser's own name.</param>
public readonly record struct Presence(bool? CodeMatches = null, bool? InGeofence = null, bool Organiser = false)
{
    /// <summary>What it is worth, or why it does not do. A wrong code is always refused, or codes could be guessed beside a good place.</summary>
    public Outcome<EvidenceGrade> Grade() => this switch
    {
        { CodeMatches: false } => Refusals.ServiceCodeWrong,
        { CodeMatches: true, InGeofence: true } => EvidenceGrade.A,
        { CodeMatches: true } => EvidenceGrade.B,
        { Organiser: true, InGeofence: true } => EvidenceGrade.B,
        { Organiser: true } => EvidenceGrade.D,
        { InGeofence: true } => EvidenceGrade.C,
        { InGeofence: false } => Refusals.NotWithinGeofence,
        _ => Refusals.PresenceNotShown,
    };
}
