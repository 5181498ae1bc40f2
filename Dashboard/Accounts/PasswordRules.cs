using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// What a new password may not be made of: the account's own words, and those everybody tries first. Length and different
/// characters are Identity's rules. Character classes have no rule.
/// </summary>
/// <remarks>A word, and what people put around it (digits, punctuation, o written as 0), is taken away; what remains must be something.</remarks>
internal sealed class PasswordRules : IPasswordValidator<ModeratorAccount>
{
    public const string TooLong = "PasswordTooLong";
    public const string OwnWords = "PasswordOwnWords";
    public const string Common = "PasswordCommon";

    private const int LeastOfItsOwn = 5;
    private const int ShortestWord = 3;

    /// <summary>Several words that have nothing to do with each other are a good password, though each is common.</summary>
    private const int MostCommonWords = 2;

    /// <summary>The longer first: what a shorter one would take a part of.</summary>
    private static readonly string[] CommonWords =
    [
        .. new[]
        {
            "password", "passwort", "passw", "kennwort", "motdepasse", "contrasena", "losenord", "wachtwoord", "qwertyuiop", "qwertzuiop", "azertyuiop", "qwerty", "qwertz", "azerty",
            "asdfghjkl", "asdfgh", "asdf", "zxcvbnm", "yxcvbnm", "zxcvb", "qazwsxedc", "qazwsx", "qweasdzxc", "qwe", "asd", "zxc", "abcdefghijkl", "mnopqrstuvwxyz", "abcdefgh", "abcdef", "abcd", "abc",
            "letmein", "iloveyou", "welcome", "willkommen", "administrator", "admin", "moderator", "dashboard", "presence", "secret", "changeme", "default", "master", "login",
            "dragon", "monkey", "sunshine", "princess", "football", "baseball", "superman", "batman", "starwars", "trustno", "shadow", "michael", "jordan", "computer", "internet", "whatever",
            "spring", "summer", "autumn", "winter", "january", "february", "april", "june", "july", "august", "september", "october", "november", "december",
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "test", "user", "guest", "root", "server", "access", "hello", "love", "pass", "word", "your", "my", "the", "is",
        }.OrderByDescending(word => word.Length),
    ];

    public Task<IdentityResult> ValidateAsync(UserManager<ModeratorAccount> manager, ModeratorAccount user, string? password) =>
        Task.FromResult(ProblemOf(password ?? "", [user.Email ?? "", user.Name ?? ""]) is { } problem ? IdentityResult.Failed(problem) : IdentityResult.Success);

    /// <summary>Which of these rules a password breaks; null for none.</summary>
    /// <param name="password">The new one.</param>
    /// <param name="own">The account's email and name.</param>
    internal static IdentityError? ProblemOf(string password, IEnumerable<string> own)
    {
        if (password.Length > ModeratorPasswords.Longest)
            return new IdentityError { Code = TooLong, Description = Sentence.With(AccountTexts.ProblemLong, ModeratorPasswords.Longest) };
        if (IsMadeOf(password, [.. own.SelectMany(WordsOf).OrderByDescending(word => word.Length)], int.MaxValue))
            return new IdentityError { Code = OwnWords, Description = AccountTexts.ProblemOwnWords };
        return IsMadeOf(password, CommonWords, MostCommonWords) || IsRow(password) ? new IdentityError { Code = Common, Description = AccountTexts.ProblemCommon } : null;
    }

    private static bool IsMadeOf(string password, IReadOnlyList<string> words, int most)
    {
        var plain = password.ToLowerInvariant();
        return IsMadeOfLetters(plain, words, most) || IsMadeOfLetters(Unmasked(plain), words, most);
    }

    private static bool IsMadeOfLetters(string text, IReadOnlyList<string> words, int most)
    {
        var rest = string.Concat(text.Where(char.IsLetter));
        var found = 0;
        foreach (var word in words)
        {
            if (!rest.Contains(word, StringComparison.Ordinal))
                continue;
            rest = rest.Replace(word, " ", StringComparison.Ordinal); // a space, so that the text around it doesn't form a new word
            found++;
        }
        return found > 0 && found <= most && rest.Count(char.IsLetter) < LeastOfItsOwn;
    }

    /// <summary>Nothing but digits in a row, up or down: 123456789012, 098765432109.</summary>
    private static bool IsRow(string password)
    {
        var (up, down) = (0, 0);
        for (var i = 1; i < password.Length; i++)
        {
            var step = password[i] - password[i - 1];
            up += step is 1 or 0 or -9 ? 1 : 0;
            down += step is -1 or 0 or 9 ? 1 : 0;
        }
        return Math.Max(up, down) >= (password.Length - 1) * 3 / 4;
    }

    private static string Unmasked(string text) => string.Create(text.Length, text, static (plain, masked) =>
    {
        for (var i = 0; i < masked.Length; i++)
        {
            plain[i] = masked[i] switch
            {
                '0' => 'o',
                '1' or '!' or '|' => 'i',
                '3' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' => 't',
                var other => other,
            };
        }
    });

    private static IEnumerable<string> WordsOf(string text)
    {
        var words = string.Concat(text.ToLowerInvariant().Select(character => char.IsLetter(character) ? character : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Where(word => word.Length >= ShortestWord);
    }
}
