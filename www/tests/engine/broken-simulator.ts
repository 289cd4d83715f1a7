// A simulator that never comes up.

throw new Error('this simulator is broken')
