using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Presence.Client;

/// <summary>The argument checks that later frameworks bring along.</summary>
internal static class ArgumentChecks
{
    extension(ArgumentNullException)
    {
        public static void ThrowIfNull([NotNull] object? argument, [CallerArgumentExpression(nameof(argument))] string? name = null)
        {
            if (argument is null)
                throw new ArgumentNullException(name);
        }
    }

    extension(ArgumentException)
    {
        public static void ThrowIfNullOrEmpty([NotNull] string? argument, [CallerArgumentExpression(nameof(argument))] string? name = null)
        {
            ArgumentNullException.ThrowIfNull(argument, name);
            if (argument.Length == 0)
                throw new ArgumentException("The value cannot be an empty string.", name);
        }
    }
}
