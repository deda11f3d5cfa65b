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
           where field.FieldType.IsAssignableTo(typeof(Sql)) || field.FieldType.IsAssignableTo(typeof(IEnumerable<Sql>))
           orderby type.FullName, field.Name
           from statement in Of(type, field)
           select statement,
    ];

    private static IEnumerable<Statement> Of(Type type, FieldInfo field)
    {
        var name = $"{NameOf(type)}.{field.Name.TrimStart('_')}";
        if (type.ContainsGenericParameters)
        {
            throw new InvalidOperationException($"{name} stands in a generic type and cannot be listed; give it a place of its own.");
        }

        return field.GetValue(null) switch
        {
            Sql one => [new Statement(name, one)],
            var several => ((IEnumerable<Sql>)several!).Select((sql, index) => new Statement($"{name}[{index}]", sql)),
        };
    }

    private static string NameOf(Type type) => type.IsNested ? $"{NameOf(type.DeclaringType!)}.{type.Name}" : type.Name;
}
