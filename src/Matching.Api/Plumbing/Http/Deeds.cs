using System.Reflection;
using System.Runtime.CompilerServices;

namespace Matching.Api.Plumbing.Http;

/// <summary>What holds for every deed, whichever package set hosts it.</summary>
public static class Deeds
{
    /// <summary>Every deed of the product, described, in a fixed order.</summary>
    public static IReadOnlyList<Deed> All { get; } = Assembly.GetExecutingAssembly().GetTypes()
        .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IDeed)))
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .Select(Describe)
        .ToList();

    /// <summary>What a deed says about itself. Configure speaks of constants only, so it needs none of the things that the constructor takes.</summary>
    public static Deed Describe(Type type)
    {
        var deed = (IDeed)RuntimeHelpers.GetUninitializedObject(type);
        deed.Configure();
        return deed.Deed;
    }

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
