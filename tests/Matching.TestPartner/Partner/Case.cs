namespace Matching.TestPartner.Partner;

/// <summary>Somebody has called and wants something.</summary>
/// <param name="Reference">Our number of it.</param>
/// <param name="ResidentReference">Our name for who called.</param>
public sealed record Case(string Reference, string ResidentReference, string Words, bool IsLamp, DateTimeOffset Start)
{
    private string? _wishId;

    /// <summary>What the service calls it; once it is known it stays.</summary>
    public string? WishId => Volatile.Read(ref _wishId);

    /// <summary>False when it was known under another id: then the service has made two of one.</summary>
    public bool Is(string wishId) => Interlocked.CompareExchange(ref _wishId, wishId, null) is var before && (before is null || before == wishId);
}
