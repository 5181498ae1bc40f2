using System.ComponentModel;

namespace System.Runtime.CompilerServices;

/// <summary>What the compiler marks <c>init</c> with; .NET Standard 2.0 is older.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
internal static class IsExternalInit;
