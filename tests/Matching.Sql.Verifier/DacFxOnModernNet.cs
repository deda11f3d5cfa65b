using System.Collections;
using System.Reflection;
using Microsoft.SqlServer.Dac.Model;

namespace Matching.Sql.Verifier;

/// <summary>
/// DacFx 150 lists its extensions by way of <c>AssemblyName.KeyPair</c>, which .NET refuses since 5. This does what is left of that work, in the same
/// order, so that the loader finds it done. It leans on members that are not public: hence the exact version in the project file.
/// </summary>
internal static class DacFxOnModernNet
{
    private const BindingFlags Hidden = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public;

    private static readonly Lazy<bool> Done = new(Prepare);

    public static void Ensure() => _ = Done.Value;

    private static bool Prepare()
    {
        var schema = System.Reflection.Assembly.Load("Microsoft.Data.Tools.Schema.Sql");
        var loader = schema.GetType("Microsoft.Data.Tools.Schema.Extensibility.ExtensionTypeLoader", throwOnError: true)!;

        // Null: its own LoadTypes returns at once.
        Field("_initialized").SetValue(null, null);
        Call("LoadDecoratedAssembly", schema);
        Call("LoadDecoratedAssembly", typeof(TSqlModel).Assembly);
        Call("ReEvaluateUnmatchedTypes");
        Call("LoadEnabledTypes");
        ((IDictionary)Field("_loadedExtensions").GetValue(null)!).Clear();
        Call("FilterExtensionsWithLoadedDsp", Field("_allExtensions").GetValue(null)!);
        Call("AssignDefaultExtension");
        Field("_extensionsLoaded").SetValue(null, 1);
        return true;

        FieldInfo Field(string name) => loader.GetField(name, Hidden) ?? throw new MissingFieldException(loader.FullName, name);

        void Call(string name, params object[] arguments) =>
            (loader.GetMethod(name, Hidden) ?? throw new MissingMethodException(loader.FullName, name)).Invoke(null, arguments);
    }
}
