using System.Globalization;
using System.Runtime.CompilerServices;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Pages follow their viewer's culture; tests read them in one, whatever machine they run on.</summary>
internal static class CultureOfTests
{
    [ModuleInitializer]
    internal static void Use() => CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en-GB");
}
