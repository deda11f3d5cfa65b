using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Matching.Api.Plumbing.Docs;

/// <summary>The sentences that stand in the code, read back from the files that the compiler writes beside the assemblies.</summary>
public sealed partial class XmlDocs
{
    private readonly Dictionary<string, XElement> _members = new();

    public XmlDocs(params Assembly[] assemblies)
    {
        foreach (var assembly in assemblies)
        {
            var file = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
            foreach (var member in XDocument.Load(file).Descendants("member"))
            {
                _members[member.Attribute("name")!.Value] = member;
            }
        }
    }

    public string? Of(Type type) => Sentence(Find("T:" + NameOf(type))?.Element("summary"));

    /// <summary>A property's own sentence, or what its record says of the parameter of that name.</summary>
    public string? Of(Type type, string property)
    {
        var own = type.GetProperty(property)?.DeclaringType ?? type;
        return Sentence(Find($"P:{NameOf(own)}.{property}")?.Element("summary"))
            ?? Sentence(Find("T:" + NameOf(own))?.Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == property));
    }

    /// <summary>What one word of an enum means.</summary>
    public string? OfWord(Type type, string word) => Sentence(Find($"F:{NameOf(type)}.{word}")?.Element("summary"));

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string? Sentence(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        var text = string.Concat(element.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "see" or "paramref" } link => (link.Attribute("cref") ?? link.Attribute("name") ?? link.Attribute("langword"))?.Value.Split('.', ':')[^1] ?? link.Value,
            XElement inner => inner.Value,
            _ => ((XText)node).Value,
        }));
        return Blank().Replace(text, " ").Trim() is { Length: > 0 } sentence ? sentence : null;
    }

    private XElement? Find(string name) => _members.GetValueOrDefault(name);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
