namespace Matching.TestPartner.Town;

/// <summary>Somebody who is asked and goes.</summary>
public sealed record Volunteer(int Number, Person Person);

/// <summary>A seat that somebody has taken.</summary>
public sealed record Seat(string AssignmentId, string OrderId, DateTimeOffset Start);
