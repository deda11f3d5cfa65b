namespace Matching.Api.Plumbing.Http;

/// <summary>What holds for every deed, whichever package set hosts it.</summary>
public static class Deeds
{
    /// <summary>A deed that names no right stops the start of the service: nothing is open by oversight.</summary>
    public static void Check(Deed deed)
    {
        if (!deed.NamesARight)
        {
            throw new InvalidOperationException($"{deed.Name} says neither Allow nor AllowAnyone: nobody would know who may do it.");
        }

        if (deed.Verb.Length == 0)
        {
            throw new InvalidOperationException($"{deed.Name} says no address.");
        }
    }
}
