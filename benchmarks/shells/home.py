"""The dashboard's front door with one more page in the navigation, which is blank."""

from core.ui import navigation, shell

BLANK = navigation.Screen("benchmarks/shells/blank.py", "Blank", ":material/crop_square:", "blank")

navigation.SCREENS["Benchmark"] = (BLANK,)
shell.run()
