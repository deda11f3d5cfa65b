using System.Reflection;
using Matching.Api.Plumbing.Database;

namespace Matching.SqlTests;

/// <summary>A constant of type <see cref="Sql"/> and where it stands, e.g. <c>WishStore.Due</c>.</summary>
public sealed record Statement(string Name, Sql Sql)
{
    public override string ToString() => Name;
}

/// <summary>Finds every statement there is: a static field anywhere in an assembly, private or nested. Nobody has to put one on a list.</summary>
public static class Statements
{
    private const BindingFlags Anywhere = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The statements of the product.</summary>
    public static IReadOnlyList<Statement> All { get; } = Of(typeof(Sql).Assembly);

    public static IReadOnlyList<Statement> Of(Assembly assembly) => Of(assembly.GetTypes());

    public static IReadOnlyList<Statement> Of(IEnumerable<Type> types) =>
    [
        .. from type in types
           from field in type.GetFields(Anywhere)
           where field.FieldType.IsAssignableTo(typeof(Sql))
           let sql = type.ContainsGenericParameters
               ? throw new InvalidOperationException($"{type}.{field.Name}: a statement in a generic type cannot be listed; give it a place of its own.")
               : (Sql)field.GetValue(null)!
           orderby type.FullName, field.Name
           select new Statement($"{NameOf(type)}.{field.Name.TrimStart('_')}", sql),
    ];

    private static string NameOf(Type type) => type.IsNested ? $"{NameOf(type.DeclaringType!)}.{type.Name}" : type.Name;
}
