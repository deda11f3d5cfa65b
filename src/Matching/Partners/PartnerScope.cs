namespace Matching.Partners;

/// <summary>What a partner may be allowed to do. The words stand in the database, joined by commas.</summary>
public enum PartnerScope
{
    /// <summary>Hands in wishes, answers questions about them, takes them back.</summary>
    WishesWrite,

    /// <summary>Reads its own wishes, what became of them, and follows their changes.</summary>
    WishesRead,

    /// <summary>Is told who comes to its residents: a name and a masked phone, and every look is logged.</summary>
    VolunteersRead,

    /// <summary>Is called when something changes.</summary>
    Webhooks,

    /// <summary>Says for its residents that a service was done, or that it was not as it should be.</summary>
    ServicesConfirm,
}

/// <summary>Scopes as they are stored.</summary>
public static class PartnerScopes
{
    public static string Write(IEnumerable<PartnerScope> scopes) => string.Join(',', scopes.Distinct().Order());

    /// <summary>A word that this version does not know allows nothing.</summary>
    public static IReadOnlySet<PartnerScope> Read(string words) => words.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(word => Enum.TryParse<PartnerScope>(word, out var scope) ? scope : (PartnerScope?)null)
        .OfType<PartnerScope>()
        .ToHashSet();
}
