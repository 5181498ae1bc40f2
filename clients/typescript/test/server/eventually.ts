/** Until a check passes; what it said last, if it does not in a time that is ample on any machine. */
export async function eventually(check: () => void | Promise<void>, longest = 60_000): Promise<void> {
  const end = Date.now() + longest;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end)
        throw error;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}
