using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Presence.Dashboard.Tests.Components;

/// <summary>
/// bUnit was built against a newer AngleSharp.Diffing than build/Bunit.targets names; all it uses is in the older one,
/// but the loader refuses a lower version unless it is handed over.
/// </summary>
internal static class DiffingAssembly
{
    private const string Name = "AngleSharp.Diffing";

    [ModuleInitializer]
    internal static void AnswerTheLoader() => AssemblyLoadContext.Default.Resolving += static (context, wanted) =>
        string.Equals(wanted.Name, Name, StringComparison.Ordinal)
            ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, Name + ".dll"))
            : null;
}
